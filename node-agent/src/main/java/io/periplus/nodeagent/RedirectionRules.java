package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;

/**
 * The rules inside a pod's network namespace that lead its TCP traffic and its questions for names through ztunnel. Written as one nftables
 * transaction, so there is never half a set, and writing them again changes nothing.
 *
 * <p>Marks: {@code 0x539} is on every packet that ztunnel's own sockets send and exempts them. A connection that ztunnel
 * opens to the application with the client's address as source is tagged {@code 0x111}; the application's answers, which
 * are addressed to that foreign address, are led back to ztunnel by the policy route.
 *
 * <p>Only the first packet of a connection (SYN) is redirected. Connections from before the enrolment are unknown to
 * connection tracking; without that condition their next packet would look like a new connection and be cut. It has a price:
 * whatever other packet is the first of its addresses and ports, connection tracking takes for the middle of a connection that
 * is not to be translated, and would let a SYN with the same addresses and ports through to the application. Such a SYN is
 * dropped: of an incoming connection that is known and not redirected, none is left to come.
 *
 * @param ipv6 whether IPv6 is captured, too; it passes by otherwise
 */
record RedirectionRules(ProbeAddresses probes, boolean ipv6) {
    private static final String ROUTES = """
            ip rule show priority 32764 | grep -q 0x111 || ip rule add fwmark 0x111/0xfff priority 32764 lookup 100
            ip route replace local default dev lo table 100
            """;

    private static final String ROUTES6 = """
            if [ -e /proc/net/if_inet6 ] && ip -6 addr show dev lo | grep -q ::1; then
              ip -6 rule show priority 32764 | grep -q 0x111 || ip -6 rule add fwmark 0x111/0xfff priority 32764 lookup 100
              ip -6 route replace local default dev lo table 100
            fi
            """;

    /**
     * Listeners of an old and a new ztunnel share a port while one replaces the other. Connections that wait to be accepted
     * by the one that closes are moved to the other instead of being reset (Linux 5.14 and later).
     */
    private static final String MIGRATION = """
            if [ -w /proc/sys/net/ipv4/tcp_migrate_req ]; then echo 1 > /proc/sys/net/ipv4/tcp_migrate_req; fi
            """;

    private static final String MANGLE = """
            table inet istio-ambient-mangle
            delete table inet istio-ambient-mangle
            table inet istio-ambient-mangle {
              chain istio-prerouting {
                meta mark & 0xfff == 0x539 counter ct mark set ct mark & 0xfffff000 | 0x111
              }
              chain istio-output {
                ct mark & 0xfff == 0x111 counter meta mark set ct mark
              }
              chain istio-inbound {
            %s%s  }
              chain prerouting { type filter hook prerouting priority mangle; policy accept; jump istio-prerouting; jump istio-inbound; }
              chain output { type route hook output priority mangle; policy accept; jump istio-output; }
            }
            """;

    private static final String NAT = """
            table inet istio-ambient-nat
            delete table inet istio-ambient-nat
            table inet istio-ambient-nat {
              chain istio-prerouting {
            %6$s%3$s%4$s  }
              chain istio-output {
            %6$s    ip daddr %1$s meta l4proto tcp counter accept
                ip6 daddr %2$s meta l4proto tcp counter accept
            %5$s    meta l4proto tcp meta mark & 0xfff == 0x111 counter accept
                ip daddr 127.0.0.1 return
                ip6 daddr ::1 return
                oifname "lo" counter accept
                meta l4proto tcp meta mark & 0xfff != 0x539 tcp flags & (fin|syn|rst|ack) == syn counter redirect to :15001
              }
              chain prerouting { type nat hook prerouting priority dstnat; policy accept; jump istio-prerouting; }
              chain output { type nat hook output priority -100; policy accept; jump istio-output; }
            }
            """;

    private static final String VIRTUAL_INTERFACE = """
                iifname "%1$s" tcp flags & (fin|syn|rst|ack) == syn counter redirect to :15001
                iifname "%1$s" meta l4proto tcp return
            """;

    private static final String INBOUND = """
                ip saddr %1$s meta l4proto tcp counter accept
                ip6 saddr %2$s meta l4proto tcp counter accept
                ip daddr 127.0.0.1 return
                ip6 daddr ::1 return
                tcp dport != 15008 meta mark & 0xfff != 0x539 tcp flags & (fin|syn|rst|ack) == syn counter redirect to :15006
            """;

    /** Loopback is no way in: what the pod sends to itself has been seen, and left alone, on its way out. */
    private static final String REOPENED = """
                iifname "lo" return
                ip saddr %1$s return
                ip6 saddr %2$s return
                tcp dport != 15008 tcp flags & (fin|syn|rst|ack) == syn ct status & (confirmed|dnat) == confirmed counter drop
            """;

    /** A name server on the pod's own loopback stays out of it. */
    private static final String DNS = """
                oifname != "lo" udp dport 53 meta mark & 0xfff != 0x539 counter redirect to :15053
                ip daddr != 127.0.0.1 tcp dport 53 meta mark & 0xfff != 0x539 tcp flags & (fin|syn|rst|ack) == syn counter redirect to :15053
                ip6 daddr != ::1 tcp dport 53 meta mark & 0xfff != 0x539 tcp flags & (fin|syn|rst|ack) == syn counter redirect to :15053
            """;

    private static final String NO_RAW = """
            table inet istio-ambient-raw
            delete table inet istio-ambient-raw
            """;

    /**
     * What ztunnel asks the resolvers is tracked apart from what the pod asked: both may be from the same port to the same
     * server.
     */
    private static final String RAW = """
            table inet istio-ambient-raw {
              chain istio-prerouting {
                udp sport 53 meta mark & 0xfff != 0x539 counter ct zone set 1
              }
              chain istio-output {
                udp dport 53 meta mark & 0xfff == 0x539 counter ct zone set 1
              }
              chain prerouting { type filter hook prerouting priority raw; policy accept; jump istio-prerouting; }
              chain output { type filter hook output priority raw; policy accept; jump istio-output; }
            }
            """;

    private static final String NO_IPV6 = "    meta nfproto ipv6 return\n";

    /** For both families. */
    RedirectionRules(ProbeAddresses probes) {
        this(probes, true);
    }

    /** From now on every new connection of the pod passes ztunnel, as far as it is to be captured. */
    void install(NetworkNamespace pod, Capture capture) throws IOException {
        StringBuilder virtual = new StringBuilder();
        capture.virtualInterfaces().forEach(name -> virtual.append(VIRTUAL_INTERFACE.formatted(name)));
        String inbound = capture.inbound() ? INBOUND.formatted(probes.ipv4(), probes.ipv6()) : "";
        String families = ipv6 ? "" : NO_IPV6;
        String mangle =
                MANGLE.formatted(families, capture.inbound() ? REOPENED.formatted(probes.ipv4(), probes.ipv6()) : "");
        String nat = NAT.formatted(probes.ipv4(), probes.ipv6(), virtual, inbound, capture.dns() ? DNS : "", families);
        String raw = capture.dns() ? NO_RAW + RAW : NO_RAW;
        Shell.script(
                pod,
                ROUTES + (ipv6 ? ROUTES6 : "") + MIGRATION + "nft -f - <<'RULES'\n" + mangle + nat + raw + "RULES\n");
    }

    /**
     * New connections go direct; those that ztunnel still serves keep their way. The chains stay, without rules: with the
     * last of them the kernel would also stop translating the connections that are already redirected.
     */
    void stopCapturing(NetworkNamespace pod) throws IOException {
        Shell.script(pod, """
                nft -f - <<'RULES'
                flush chain inet istio-ambient-nat istio-prerouting
                flush chain inet istio-ambient-nat istio-output
                flush chain inet istio-ambient-mangle istio-inbound
                RULES
                """);
    }

    /** Leaves the namespace as it was found. */
    void remove(NetworkNamespace pod) throws IOException {
        Shell.script(pod, """
                nft -f - <<'RULES'
                table inet istio-ambient-nat
                delete table inet istio-ambient-nat
                table inet istio-ambient-mangle
                delete table inet istio-ambient-mangle
                table inet istio-ambient-raw
                delete table inet istio-ambient-raw
                RULES
                for family in -4 -6; do
                  ip $family rule del fwmark 0x111/0xfff priority 32764 2>/dev/null || true
                  ip $family route flush table 100 2>/dev/null || true
                done
                """);
    }
}

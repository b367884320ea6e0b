package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.util.List;

/**
 * Leads a pod's traffic through ztunnel: {@linkplain PodRuleSet rules}, written by the node's {@linkplain RuleBackend backend}, and
 * the route by which answers to foreign addresses come back.
 *
 * @param rules what the node's backend writes
 * @param others what earlier agents may have written with other backends
 * @param ipv6 whether IPv6 is captured, too; it passes by otherwise
 */
record RedirectionRules(PodRules rules, List<PodRules> others, boolean ipv6) {
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

    private static final String NO_ROUTES = """
            for family in -4 -6; do
              ip $family rule del fwmark 0x111/0xfff priority 32764 2>/dev/null || true
              ip $family route del local default dev lo table 100 2>/dev/null || true
            done
            """;

    /**
     * Listeners of an old and a new ztunnel share a port while one replaces the other. Connections that wait to be accepted
     * by the one that closes are moved to the other instead of being reset (Linux 5.14 and later).
     */
    private static final String MIGRATION = """
            if [ -w /proc/sys/net/ipv4/tcp_migrate_req ]; then echo 1 > /proc/sys/net/ipv4/tcp_migrate_req; fi
            """;

    /** Captures a pod that is about to start, in whose namespace nobody has been. */
    void install(NetworkNamespace pod, Capture capture) throws IOException {
        Shell.script(pod, ROUTES + (ipv6 ? ROUTES6 : "") + MIGRATION);
        rules.install(pod, capture);
    }

    /**
     * Captures a pod that runs. What an earlier agent wrote with another backend goes when it has been replaced: between the two
     * both hold, and the first that redirects a connection decides.
     */
    void replace(NetworkNamespace pod, Capture capture) throws IOException {
        install(pod, capture);
        if (rules.mayHaveCompany(pod)) {
            for (PodRules other : others) {
                other.remove(pod);
            }
        }
    }

    /** New connections go direct; those that ztunnel still serves keep their way. */
    void stopCapturing(NetworkNamespace pod) throws IOException {
        rules.stopCapturing(pod);
        for (PodRules other : others) {
            other.stopCapturing(pod);
        }
    }

    /** Leaves nothing of rules and routes; {@code tcp_migrate_req}, which only ztunnel's listeners made a difference to, stays set. */
    void remove(NetworkNamespace pod) throws IOException {
        rules.remove(pod);
        for (PodRules other : others) {
            other.remove(pod);
        }
        Shell.script(pod, NO_ROUTES);
    }
}

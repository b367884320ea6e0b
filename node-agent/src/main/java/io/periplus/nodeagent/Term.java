package io.periplus.nodeagent;

import org.jspecify.annotations.Nullable;

/**
 * A condition or the action of a rule, as nftables and iptables say it. Whatever the agent has the kernel do to a pod's packets is
 * made of these, so that both say the same.
 *
 * @param family the only one in which it means something; null for both
 */
record Term(String nftables, String iptables, @Nullable Family family) {
    static final Term TCP = both("meta l4proto tcp", "-p tcp");
    static final Term UDP = both("meta l4proto udp", "-p udp");
    /** The first packet of a connection. */
    static final Term SYN = both("tcp flags & (fin|syn|rst|ack) == syn", "--syn");

    /** Connection tracking knew the connection before this packet, and does not translate its destination. */
    static final Term KNOWN_AND_NOT_REDIRECTED = both(
            "ct status & (confirmed|dnat) == confirmed",
            // Two matches: one of both would hold for packets that are not tracked.
            "-m conntrack --ctstatus CONFIRMED -m conntrack ! --ctstate DNAT");

    static final Term ACCEPT = both("counter accept", "-j ACCEPT");
    static final Term DROP = both("counter drop", "-j DROP");
    static final Term RETURN = both("return", "-j RETURN");

    private static Term both(String nftables, String iptables) {
        return new Term(nftables, iptables, null);
    }

    static Term from(String address) {
        Family family = Family.of(address);
        return new Term(family.nftables() + " saddr " + address, "-s " + address, family);
    }

    static Term to(String address) {
        Family family = Family.of(address);
        return new Term(family.nftables() + " daddr " + address, "-d " + address, family);
    }

    static Term notTo(String address) {
        Family family = Family.of(address);
        return new Term(family.nftables() + " daddr != " + address, "! -d " + address, family);
    }

    static Term arrivingBy(String networkInterface) {
        return both("iifname \"" + networkInterface + "\"", "-i " + networkInterface);
    }

    static Term leavingBy(String networkInterface) {
        return both("oifname \"" + networkInterface + "\"", "-o " + networkInterface);
    }

    static Term notLeavingBy(String networkInterface) {
        return both("oifname != \"" + networkInterface + "\"", "! -o " + networkInterface);
    }

    /** Only after {@link #TCP} or {@link #UDP}, as all about ports. */
    static Term toPort(int port) {
        return both("th dport " + port, "--dport " + port);
    }

    static Term notToPort(int port) {
        return both("th dport != " + port, "! --dport " + port);
    }

    static Term fromPort(int port) {
        return both("th sport " + port, "--sport " + port);
    }

    static Term marked(Mark mark) {
        return both(
                "meta mark & %s == %s".formatted(Mark.MASK, mark.value()),
                "-m mark --mark %s/%s".formatted(mark.value(), Mark.MASK));
    }

    static Term notMarked(Mark mark) {
        return both(
                "meta mark & %s != %s".formatted(Mark.MASK, mark.value()),
                "-m mark ! --mark %s/%s".formatted(mark.value(), Mark.MASK));
    }

    static Term ofConnectionMarked(Mark mark) {
        return both(
                "ct mark & %s == %s".formatted(Mark.MASK, mark.value()),
                "-m connmark --mark %s/%s".formatted(mark.value(), Mark.MASK));
    }

    static Term markConnection(Mark mark) {
        return both(
                "counter ct mark set ct mark & %s | %s".formatted(Mark.REST, mark.value()),
                "-j CONNMARK --set-xmark %s/%s".formatted(mark.value(), Mark.MASK));
    }

    /** Gives the packet its connection's mark. */
    static Term restoreMark() {
        return both("counter meta mark set ct mark", "-j CONNMARK --restore-mark");
    }

    static Term redirectTo(int port) {
        return both("counter redirect to :" + port, "-j REDIRECT --to-ports " + port);
    }

    static Term trackInZone(int zone) {
        return both("counter ct zone set " + zone, "-j CT --zone " + zone);
    }
}

package io.periplus.nodeagent;

import java.net.Inet4Address;
import java.net.InetAddress;

/** An address family, as the programs name it. */
enum Family {
    IPV4("ip", "-4", "iptables"),
    IPV6("ip6", "-6", "ip6tables");

    private final String nftables;
    private final String option;
    private final String iptables;

    Family(String nftables, String option, String iptables) {
        this.nftables = nftables;
        this.option = option;
        this.iptables = iptables;
    }

    static Family of(String address) {
        return address.indexOf(':') < 0 ? IPV4 : IPV6;
    }

    static Family of(InetAddress address) {
        return address instanceof Inet4Address ? IPV4 : IPV6;
    }

    /** As nftables names the protocol. */
    String nftables() {
        return nftables;
    }

    /** As an option of {@code ip}. */
    String option() {
        return option;
    }

    /** As the programs of iptables begin. */
    String iptables() {
        return iptables;
    }
}

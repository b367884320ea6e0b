package io.periplus.nodeagent;

import java.util.Locale;

/** A chain of rules in a pod's namespace. In the order in which the tables have to be written where they are not written at once. */
enum PodChain {
    ASKED_NAMES("raw", "prerouting", "istio-prerouting", "ISTIO_PRERT", false),
    ASKING_NAMES("raw", "output", "istio-output", "ISTIO_OUTPUT", false),
    MARKS_IN("mangle", "prerouting", "istio-prerouting", "ISTIO_PRERT", false),
    REOPENED("mangle", "prerouting", "istio-inbound", "ISTIO_REOPENED", true),
    MARKS_OUT("mangle", "output", "istio-output", "ISTIO_OUTPUT", false),
    INBOUND("nat", "prerouting", "istio-prerouting", "ISTIO_PRERT", true),
    OUTBOUND("nat", "output", "istio-output", "ISTIO_OUTPUT", true);

    private final String table;
    private final String hook;
    private final String nftables;
    private final IptablesChain iptables;
    private final boolean capturing;

    PodChain(String table, String hook, String nftables, String iptables, boolean capturing) {
        this.table = table;
        this.hook = hook;
        this.nftables = nftables;
        this.iptables = new IptablesChain(table, hook.toUpperCase(Locale.ROOT), iptables, false);
        this.capturing = capturing;
    }

    String table() {
        return table;
    }

    /** Where the kernel comes to it from. */
    String hook() {
        return hook;
    }

    String nftables() {
        return nftables;
    }

    IptablesChain iptables() {
        return iptables;
    }

    /** Whether it decides what becomes of new connections; the others serve those that are there. */
    boolean isCapturing() {
        return capturing;
    }
}

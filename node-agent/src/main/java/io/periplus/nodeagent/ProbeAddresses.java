package io.periplus.nodeagent;

/** The sources that the kubelet's probes have when they reach a pod: by these the pod's rules let them pass. */
record ProbeAddresses(String ipv4, String ipv6) {
    /** Upstream's, which no network uses. */
    static final ProbeAddresses DEFAULT =
            new ProbeAddresses("169.254.7.127", "fd16:9254:7127:1337:ffff:ffff:ffff:ffff");

    String of(Family family) {
        return family == Family.IPV4 ? ipv4 : ipv6;
    }
}

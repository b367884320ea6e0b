package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** With which programs the agent writes rules. */
enum RuleBackend {
    /** One transaction for all of a pod's rules, and no sets beside them. */
    NFTABLES("nftables", ""),
    IPTABLES_NFT("iptables-nft", "-nft"),
    IPTABLES_LEGACY("iptables-legacy", "-legacy"),
    /** Where iptables comes without telling its variants apart; one of the others by another name. */
    IPTABLES("iptables", "");

    private final String label;
    private final Iptables iptables;

    RuleBackend(String label, String variant) {
        this.label = label;
        this.iptables = new Iptables(variant);
    }

    /** How pods of a node are captured. */
    RedirectionRules redirection(ProbeAddresses probes, boolean ipv6) {
        return new RedirectionRules(podRules(probes, ipv6), others(backend -> backend.podRules(probes, ipv6)), ipv6);
    }

    /**
     * How probes get past capture.
     *
     * @param node the node's namespace; null if the agent runs in it
     * @param more rules beside those of this backend
     */
    ProbeExemption probeExemption(@Nullable NetworkNamespace node, ProbeAddresses probes, ProbeRules... more) {
        List<ProbeRules> rules = Stream.concat(Stream.of(probeRules(node, probes)), Stream.of(more))
                .toList();
        return new ProbeExemption(rules, others(backend -> backend.probeRules(node, probes)));
    }

    /** The programs; only of those that are not {@link #NFTABLES}. */
    Iptables iptables() {
        return iptables;
    }

    private PodRules podRules(ProbeAddresses probes, boolean ipv6) {
        return this == NFTABLES ? new NftablesPodRules(probes, ipv6) : new IptablesPodRules(iptables, probes, ipv6);
    }

    private ProbeRules probeRules(@Nullable NetworkNamespace node, ProbeAddresses probes) {
        return this == NFTABLES ? new NftablesProbeRules(node, probes) : new IptablesProbeRules(iptables, node, probes);
    }

    private <T> List<T> others(Function<RuleBackend, T> rules) {
        // What has no variant in its name is one of those that have, and would take away its rules.
        List<RuleBackend> known =
                this == IPTABLES ? List.of(NFTABLES) : List.of(NFTABLES, IPTABLES_NFT, IPTABLES_LEGACY);
        return known.stream().filter(backend -> backend != this).map(rules).toList();
    }

    @Override
    public String toString() {
        return label;
    }
}

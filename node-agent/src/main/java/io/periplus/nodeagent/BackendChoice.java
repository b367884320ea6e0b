package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the programs with which rules are written: the first that can write them all, tried in a namespace that nobody uses.
 *
 * <p>Of the variants of iptables the one comes first that the node uses, so that not both kinds of tables translate its packets:
 * where the kubelet left its sign, or where there are rules of the older kind.
 */
final class BackendChoice {
    private static final Logger LOG = LoggerFactory.getLogger(BackendChoice.class);
    /** Chains that the kubelet makes for programs that ask this very question. */
    private static final List<String> SIGNS = List.of("KUBE-IPTABLES-HINT", "KUBE-KUBELET-CANARY");

    private BackendChoice() {}

    /**
     * @param node the node's namespace; null if the agent runs in it
     * @throws IOException if none works that the settings allow, with the reasons
     */
    static RuleBackend choose(BackendSettings settings, @Nullable NetworkNamespace node) throws IOException {
        List<String> reasons = new ArrayList<>();
        for (RuleBackend backend : candidates(settings, node)) {
            try {
                tryOut(backend);
                LOG.info(
                        "rules are written with {}{}",
                        backend,
                        reasons.isEmpty() ? "" : ", as others do not work: " + reasons);
                return backend;
            } catch (IOException e) {
                reasons.add(backend + ": " + e.getMessage());
            }
        }
        throw new IOException(
                "no program on this node can write the rules that NATIVE_NFTABLES=%s and FORCE_IPTABLES_BINARY=%s allow; install nftables, or iptables and ipset; %s"
                        .formatted(
                                settings.nativeNftables() == null ? "" : settings.nativeNftables(),
                                settings.iptables(),
                                String.join("; ", reasons)));
    }

    private static List<RuleBackend> candidates(BackendSettings settings, @Nullable NetworkNamespace node)
            throws IOException {
        List<RuleBackend> candidates = new ArrayList<>();
        Boolean nftables = settings.nativeNftables();
        if (nftables == null || nftables) {
            candidates.add(RuleBackend.NFTABLES);
        }
        if (nftables == null || !nftables) {
            candidates.addAll(
                    switch (settings.iptables()) {
                        case "nft" -> List.of(RuleBackend.IPTABLES_NFT);
                        case "legacy" -> List.of(RuleBackend.IPTABLES_LEGACY);
                        default ->
                            usesLegacy(node)
                                    ? List.of(
                                            RuleBackend.IPTABLES_LEGACY, RuleBackend.IPTABLES_NFT, RuleBackend.IPTABLES)
                                    : List.of(
                                            RuleBackend.IPTABLES_NFT,
                                            RuleBackend.IPTABLES_LEGACY,
                                            RuleBackend.IPTABLES);
                    });
        }
        return candidates;
    }

    private static boolean usesLegacy(@Nullable NetworkNamespace node) throws IOException {
        Map<Family, IptablesState> legacy =
                RuleBackend.IPTABLES_LEGACY.iptables().read(node);
        Map<Family, IptablesState> nft = RuleBackend.IPTABLES_NFT.iptables().read(node);
        return isSigned(legacy) || !isSigned(nft) && legacy.values().stream().anyMatch(IptablesState::hasRules);
    }

    private static boolean isSigned(Map<Family, IptablesState> states) {
        return states.values().stream().anyMatch(state -> SIGNS.stream().anyMatch(state::hasChainNamed));
    }

    private static void tryOut(RuleBackend backend) throws IOException {
        try (EmptyNamespace empty = EmptyNamespace.create()) {
            backend.redirection(ProbeAddresses.DEFAULT, true).install(empty.namespace(), Capture.DEFAULT);
            backend.probeExemption(empty.namespace(), ProbeAddresses.DEFAULT).install();
        }
    }
}

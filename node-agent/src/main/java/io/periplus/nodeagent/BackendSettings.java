package io.periplus.nodeagent;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which programs the user wants rules to be written with.
 *
 * @param nativeNftables true for nftables, false for iptables, null for whichever works, nftables first
 * @param iptables which variant of iptables, {@code legacy} or {@code nft}; empty for that which the node uses
 */
record BackendSettings(@Nullable Boolean nativeNftables, String iptables) {
    static final BackendSettings DEFAULT = new BackendSettings(null, "");

    /** @throws IllegalArgumentException for a value that is none */
    static BackendSettings from(Map<String, String> environment) {
        String nftables = environment.getOrDefault("NATIVE_NFTABLES", "").toLowerCase(Locale.ROOT);
        String iptables = environment.getOrDefault("FORCE_IPTABLES_BINARY", "");
        if (!iptables.isEmpty() && !iptables.equals("legacy") && !iptables.equals("nft")) {
            throw new IllegalArgumentException(
                    "FORCE_IPTABLES_BINARY: %s (expected: legacy, nft, or nothing)".formatted(iptables));
        }
        return switch (nftables) {
            case "" -> new BackendSettings(null, iptables);
            case "true" -> new BackendSettings(true, iptables);
            case "false" -> new BackendSettings(false, iptables);
            default ->
                throw new IllegalArgumentException(
                        "NATIVE_NFTABLES: %s (expected: true, false, or nothing)".formatted(nftables));
        };
    }
}

package io.periplus.dataplane.tls;

import java.util.List;

/** Which key exchanges and ciphers are offered; the values of {@code COMPLIANCE_POLICY}. */
public enum CompliancePolicy {
    /** Hybrid post-quantum first, classic curves for peers that lack it. */
    DEFAULT(List.of("X25519MLKEM768", "X25519", "P-256", "P-384")),
    /** Post-quantum or nothing. */
    PQC(List.of("X25519MLKEM768")),
    /** The curves of FIPS 140-2. */
    FIPS_140_2(List.of("P-256", "P-384"));

    private final List<String> groups;

    CompliancePolicy(List<String> groups) {
        this.groups = groups;
    }

    /** TLS named groups, most wanted first. */
    public List<String> groups() {
        return groups;
    }

    /**
     * Parses the value of {@code COMPLIANCE_POLICY}: empty, {@code pqc} or {@code fips-140-2}.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static CompliancePolicy parse(String value) {
        return switch (value) {
            case "" -> DEFAULT;
            case "pqc" -> PQC;
            case "fips-140-2" -> FIPS_140_2;
            default ->
                throw new IllegalArgumentException(
                        "COMPLIANCE_POLICY: %s (expected: pqc, fips-140-2 or nothing)".formatted(value));
        };
    }
}

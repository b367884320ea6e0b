package io.periplus.controlplane.jwks;

import io.periplus.api.Cidr;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How keys are fetched.
 *
 * @param refresh    pause after a fetch that succeeded
 * @param firstRetry pause after the first fetch that failed; it doubles with every further one
 * @param lastRetry  the longest pause after a fetch that failed
 * @param unused     how long keys are kept that nothing needs any more
 * @param blocked    addresses that are not connected to, besides those that never are
 * @param loopback   whether keys may be fetched from this machine itself
 * @param extraRoots certificates (PEM) that are trusted besides the platform's, if the file exists
 */
public record JwksSettings(
        Duration refresh,
        Duration firstRetry,
        Duration lastRetry,
        Duration unused,
        List<Cidr> blocked,
        boolean loopback,
        Path extraRoots) {
    private static final Duration FIRST_RETRY = Duration.ofMinutes(1);

    /**
     * With upstream's values for what cannot be set.
     *
     * @param blocked CIDR blocks, separated by commas
     * @throws IllegalArgumentException when one of them is none
     */
    public static JwksSettings of(Duration refresh, String blocked, boolean loopback) {
        return new JwksSettings(
                refresh,
                refresh.compareTo(FIRST_RETRY) < 0 ? refresh : FIRST_RETRY,
                Duration.ofHours(1),
                Duration.ofDays(7),
                cidrs(blocked),
                loopback,
                Path.of("/cacerts/extra.pem"));
    }

    private static List<Cidr> cidrs(String text) {
        List<Cidr> blocks = new ArrayList<>();
        for (String item : text.split(",")) {
            if (!item.isBlank()) {
                blocks.add(Cidr.parse(item.strip())
                        .orElseThrow(() -> new IllegalArgumentException("BLOCKED_CIDRS_IN_JWKS_URIS: \"" + item.strip()
                                + "\" is no CIDR block (expected: such as 10.0.0.0/8,192.168.0.0/16)")));
            }
        }
        return List.copyOf(blocks);
    }
}

package io.periplus.api;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as Istio's resources write them, such as {@code 1h30m}, {@code 0.5s} or {@code 250ms}. */
public final class GoDurations {
    private static final String GROUP_TEXT = "([0-9]{1,9}(?:\\.[0-9]{1,9})?)(h|ms|m|s|us|ns)";
    private static final Pattern WHOLE = Pattern.compile("(?:" + GROUP_TEXT + "){1,6}");
    private static final Pattern GROUP = Pattern.compile(GROUP_TEXT);
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private GoDurations() {}

    /** Null for what is none. */
    public static @Nullable Duration parse(String text) {
        if (!WHOLE.matcher(text).matches()) {
            return null;
        }
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher groups = GROUP.matcher(text);
        while (groups.find()) {
            long unit = switch (groups.group(2)) {
                case "h" -> 3600 * NANOS_PER_SECOND;
                case "m" -> 60 * NANOS_PER_SECOND;
                case "s" -> NANOS_PER_SECOND;
                case "ms" -> 1_000_000;
                case "us" -> 1_000;
                default -> 1;
            };
            nanos = nanos.add(new BigDecimal(groups.group(1)).multiply(BigDecimal.valueOf(unit)));
        }
        BigDecimal[] parts = nanos.divideAndRemainder(BigDecimal.valueOf(NANOS_PER_SECOND));
        return Duration.ofSeconds(parts[0].longValue(), parts[1].longValue());
    }
}

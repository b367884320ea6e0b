package io.periplus.api.limit;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times as the Gateway API writes them (GEP-2257), such as {@code 1m30s}, and units by name. */
final class Durations {
    private static final Pattern PART = Pattern.compile("([0-9]{1,5})(h|ms|m|s)");
    private static final int PARTS_MAX = 4;

    private Durations() {}

    /** Null for what is no time, or none at all. */
    static @Nullable Duration parse(String text) {
        Matcher part = PART.matcher(text);
        Duration sum = Duration.ZERO;
        int at = 0;
        int parts = 0;
        while (at < text.length() && part.find(at) && part.start() == at && parts++ < PARTS_MAX) {
            long number = Long.parseLong(part.group(1));
            sum = sum.plus(
                    switch (part.group(2)) {
                        case "h" -> Duration.ofHours(number);
                        case "m" -> Duration.ofMinutes(number);
                        case "s" -> Duration.ofSeconds(number);
                        default -> Duration.ofMillis(number);
                    });
            at = part.end();
        }
        return at == text.length() && !sum.isZero() ? sum : null;
    }

    /** The same, or a unit by its name. */
    static @Nullable Duration unit(String text) {
        return switch (text) {
            case "second" -> Duration.ofSeconds(1);
            case "minute" -> Duration.ofMinutes(1);
            case "hour" -> Duration.ofHours(1);
            case "day" -> Duration.ofDays(1);
            default -> parse(text);
        };
    }
}

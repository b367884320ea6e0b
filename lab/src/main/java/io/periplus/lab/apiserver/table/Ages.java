package io.periplus.lab.apiserver.table;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

/** Durations as tables show them: {@code 45s}, {@code 3m20s}, {@code 12m}, {@code 5h3m}, {@code 4d}. */
final class Ages {
    private Ages() {}

    /** The time since then; {@code <unknown>} when there is none. */
    static String since(String timestamp) {
        if (timestamp.isEmpty()) {
            return "<unknown>";
        }
        try {
            return human(Duration.between(OffsetDateTime.parse(timestamp).toInstant(), Instant.now()));
        } catch (DateTimeException e) {
            return "<invalid>";
        }
    }

    static String between(String start, String end) {
        try {
            return human(Duration.between(
                    OffsetDateTime.parse(start).toInstant(),
                    OffsetDateTime.parse(end).toInstant()));
        } catch (DateTimeException e) {
            return "<invalid>";
        }
    }

    static String human(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < -1) {
            return "<invalid>";
        }
        if (seconds < 0) {
            return "0s";
        }
        if (seconds < 120) {
            return seconds + "s";
        }
        long minutes = seconds / 60;
        if (minutes < 10) {
            return with(minutes, "m", seconds % 60, "s");
        }
        if (minutes < 180) {
            return minutes + "m";
        }
        long hours = minutes / 60;
        if (hours < 8) {
            return with(hours, "h", minutes % 60, "m");
        }
        if (hours < 48) {
            return hours + "h";
        }
        long days = hours / 24;
        if (hours < 192) {
            return with(days, "d", hours % 24, "h");
        }
        if (days < 365 * 2) {
            return days + "d";
        }
        long years = days / 365;
        return days < 365 * 8 ? with(years, "y", days % 365, "d") : years + "y";
    }

    private static String with(long large, String largeUnit, long small, String smallUnit) {
        return small == 0 ? large + largeUnit : large + largeUnit + small + smallUnit;
    }
}

package io.periplus.ztunnel;

import io.periplus.dataplane.controlplane.FileOrText;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads settings from environment variables; what cannot be used is named together with what is expected. */
record Environment(Map<String, String> variables) {
    String text(String name, String otherwise) {
        String value = variables.getOrDefault(name, "");
        return value.isEmpty() ? otherwise : value;
    }

    /** {@code null} if it is not set, or to nothing. */
    @Nullable
    String optional(String name) {
        String value = text(name, "");
        return value.isEmpty() ? null : value;
    }

    /** A file; {@code null} if it is set to nothing. */
    @Nullable
    Path path(String name, String otherwise) {
        String value = variables.getOrDefault(name, otherwise);
        return value.isEmpty() ? null : Path.of(value);
    }

    /** Certificates in a file or as they are; {@code null} if set to nothing, or to {@code SYSTEM}, which means the JDK's own. */
    @Nullable
    FileOrText roots(String name, String otherwise) {
        String value = variables.getOrDefault(name, otherwise);
        return value.isEmpty() || value.equals("SYSTEM") ? null : FileOrText.certificates(value);
    }

    /** A token in a file or as it is; {@code null} if it is set to nothing. */
    @Nullable
    FileOrText token(String name, String otherwise) {
        String value = variables.getOrDefault(name, otherwise);
        return value.isEmpty() ? null : FileOrText.token(value);
    }

    boolean flag(String name, boolean otherwise) {
        String value = text(name, "");
        return switch (value) {
            case "" -> otherwise;
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new IllegalArgumentException("%s: %s (expected: true or false)".formatted(name, value));
        };
    }

    int number(String name, int otherwise, int min, int max) {
        String value = text(name, "");
        return value.isEmpty() ? otherwise : parse(name, value, min, max);
    }

    static int parse(String name, String value, int min, int max) {
        try {
            int number = Integer.parseInt(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Reported below, with the range.
        }
        throw new IllegalArgumentException("%s: %s (expected: %d to %d)".formatted(name, value, min, max));
    }

    /** Reads {@code 1h2m3s} or {@code 250ms}. */
    Duration duration(String name, Duration otherwise) {
        String value = text(name, "");
        if (value.isEmpty()) {
            return otherwise;
        }
        try {
            return value.endsWith("ms")
                    ? Duration.ofMillis(Long.parseLong(value.substring(0, value.length() - 2)))
                    : Duration.parse("PT" + value);
        } catch (DateTimeParseException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s: %s (expected: a duration such as 90s or 5m)".formatted(name, value), e);
        }
    }

    /** Variables that begin with {@code prefix}, by the rest of their names in lower case. */
    Map<String, String> prefixed(String prefix) {
        Map<String, String> found = new HashMap<>();
        variables.forEach((name, value) -> {
            if (name.startsWith(prefix) && name.length() > prefix.length()) {
                found.put(name.substring(prefix.length()).toLowerCase(Locale.ROOT), value);
            }
        });
        return found;
    }
}

package io.periplus.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as Go writes them: {@code 90s}, {@code 1m30s}, {@code 500ms}. */
public final class GoDuration implements ITypeConverter<Duration> {
    private static final Pattern TERM = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|h|m|s)");

    @Override
    public Duration convert(String text) {
        Matcher term = TERM.matcher(text);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (term.find() && term.start() == end) {
            double amount = Double.parseDouble(term.group(1));
            long unit = switch (term.group(2)) {
                case "ms" -> 1;
                case "s" -> 1_000;
                case "m" -> 60_000;
                default -> 3_600_000;
            };
            sum = sum.plusMillis(Math.round(amount * unit));
            end = term.end();
        }
        if (end == 0 || end < text.length()) {
            throw new TypeConversionException(
                    "\"" + text + "\" is not a duration (expected: for example 90s or 1m30s)");
        }
        return sum;
    }
}

package io.periplus.cli;

import io.periplus.api.GoDurations;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as Go writes them: {@code 90s}, {@code 1m30s}, {@code 500ms}. */
public final class GoDuration implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
        Duration duration = GoDurations.parse(text);
        if (duration == null) {
            throw new TypeConversionException(
                    "\"" + text + "\" is not a duration (expected: for example 90s or 1m30s)");
        }
        return duration;
    }
}

package io.periplus.bench.contender;

import io.periplus.bench.machine.BenchException;
import io.periplus.bench.machine.Commands;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks programs for their versions. */
public final class Versions {
    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+(\\.\\d+)?");

    private Versions() {}

    public static String of(String... command) {
        try {
            Matcher matcher = VERSION.matcher(Commands.run(command));
            return matcher.find() ? matcher.group() : "unknown";
        } catch (BenchException _) {
            return "unknown";
        }
    }
}

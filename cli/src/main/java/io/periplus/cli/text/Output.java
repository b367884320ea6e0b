package io.periplus.cli.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.CliException;
import io.periplus.cli.Console;

/** The formats that commands print in. */
public final class Output {
    private Output() {}

    /** @throws CliException if the format is none of {@code human}, {@code json} and {@code yaml} */
    public static void check(String format, String human) {
        if (!format.equals(human) && !format.equals("json") && !format.equals("yaml")) {
            throw new CliException(
                    "output format \"" + format + "\" not supported (expected: " + human + ", json or yaml)");
        }
    }

    /** Prints for people, or the same as JSON or YAML. */
    public static void print(Console console, String format, Object human, JsonNode json) {
        switch (format) {
            case "json" -> console.out().println(Json.pretty(json));
            case "yaml" -> console.out().print(Yaml.dump(json));
            default -> console.out().print(human);
        }
    }
}

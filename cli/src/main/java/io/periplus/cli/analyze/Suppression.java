package io.periplus.cli.analyze;

import io.periplus.cli.analyze.finding.Message;
import io.periplus.cli.analyze.snapshot.KubeObject;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A finding that its user does not want to hear of: {@code <code>=<Kind> <name>.<namespace>}, with {@code *} for any text. */
record Suppression(String code, Pattern object) {
    private static final String ANNOTATION = "galley.istio.io/analyze-suppress";

    /** Reads a flag's value; null if it makes no sense. */
    static @Nullable Suppression parse(String flag) {
        int equals = flag.indexOf('=');
        if (equals <= 0 || equals == flag.length() - 1) {
            return null;
        }
        StringBuilder pattern = new StringBuilder();
        for (String part : flag.substring(equals + 1).split("((?<=\\*)|(?=\\*))", -1)) {
            pattern.append(part.equals("*") ? ".*" : Pattern.quote(part));
        }
        return new Suppression(flag.substring(0, equals), Pattern.compile(pattern.toString()));
    }

    boolean covers(Message message) {
        KubeObject subject = message.subject();
        String name = subject.namespace().isEmpty() ? subject.name() : subject.name() + "." + subject.namespace();
        return message.code().number().equals(code)
                && (object.matcher(subject.kind().title() + " " + name).matches()
                        || object.matcher(subject.title()).matches());
    }

    /** Whether the object itself carries the annotation. */
    static boolean byAnnotation(Message message) {
        String value = message.subject().annotation(ANNOTATION);
        return Arrays.stream(value.split(","))
                .map(String::strip)
                .anyMatch(code -> code.equals("*") || code.equals(message.code().number()));
    }
}

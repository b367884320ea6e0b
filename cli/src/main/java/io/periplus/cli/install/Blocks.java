package io.periplus.cli.install;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of a template, each of whose ends is a line of its own: <code>if</code> and <code>with</code> for a setting, and
 * <code>range $name, $value :=</code> for one of which users choose the names. They do not stand in each other.
 */
final class Blocks {
    private static final Pattern BEGIN =
            Pattern.compile("\\s*\\{\\{- (if|with|range \\$name, \\$value :=) \\.Values\\.([A-Za-z0-9.]+)\\s*}}");
    private static final Pattern END = Pattern.compile("\\s*\\{\\{- end\\s*}}");
    private static final Pattern SELF = Pattern.compile("\\{\\{ toJson \\. \\| quote }}");
    private static final Pattern NAME = Pattern.compile("\\{\\{ \\$name }}");
    private static final Pattern VALUE = Pattern.compile("\\{\\{ \\$value \\| quote }}");

    private final StringBuilder out = new StringBuilder();
    private final StringBuilder body = new StringBuilder();
    private @Nullable String kind;
    private String setting = "";

    private Blocks() {}

    static String render(String template, Values values) {
        Blocks blocks = new Blocks();
        template.lines().forEach(line -> blocks.take(line, values));
        if (blocks.kind != null) {
            throw new IllegalArgumentException("the chart has a block without an end: " + blocks.setting);
        }
        return blocks.out.toString();
    }

    private void take(String line, Values values) {
        Matcher begin = BEGIN.matcher(line);
        if (begin.matches()) {
            if (kind != null) {
                throw new IllegalArgumentException("the chart has a block in the block of " + setting);
            }
            kind = begin.group(1);
            setting = begin.group(2);
            body.setLength(0);
        } else if (kind != null && END.matcher(line).matches()) {
            out.append(filled(kind, values));
            kind = null;
        } else {
            (kind == null ? out : body).append(line).append('\n');
        }
    }

    private String filled(String kind, Values values) {
        if (kind.startsWith("range")) {
            return values.under(setting).entrySet().stream()
                    .map(entry -> VALUE.matcher(NAME.matcher(body).replaceAll(literally(entry.getKey())))
                            .replaceAll(literally(quoted(entry.getValue()))))
                    .collect(Collectors.joining());
        }
        String value = values.get(setting);
        return List.of("", "false", "0", Values.EMPTY_LIST, Values.EMPTY_MAP).contains(value)
                ? ""
                : SELF.matcher(body).replaceAll(literally(quoted(value)));
    }

    private static String literally(String text) {
        return Matcher.quoteReplacement(text);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}

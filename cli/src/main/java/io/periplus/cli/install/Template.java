package io.periplus.cli.install;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills in <code>{{ .Values.x.y }}</code> and <code>{{ .Release.Namespace }}</code>: the part of Helm's language that our chart uses. */
final class Template {
    private static final Pattern PLACE =
            Pattern.compile("\\{\\{\\s*\\.(Values\\.[A-Za-z0-9.]+|Release\\.Namespace)\\s*}}");

    private Template() {}

    static String render(String template, Values values) {
        Matcher place = PLACE.matcher(template);
        return place.replaceAll(match -> Matcher.quoteReplacement(value(match.group(1), values)));
    }

    private static String value(String name, Values values) {
        return name.equals("Release.Namespace") ? values.namespace() : values.get(name.substring("Values.".length()));
    }
}

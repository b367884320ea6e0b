package io.periplus.cli.install;

import io.periplus.cli.text.Json;
import io.periplus.cli.text.Yaml;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fills in <code>{{ .Values.x.y }}</code>, <code>{{ .Release.Namespace }}</code> and <code>{{- toYaml .Values.meshConfig |
 * nindent 4 }}</code>, and takes or leaves {@linkplain Blocks blocks}: the part of Helm's language that our chart uses.
 */
final class Template {
    private static final Pattern PLACE =
            Pattern.compile("\\{\\{\\s*\\.(Values\\.[A-Za-z0-9.]+|Release\\.Namespace)\\s*}}");

    private static final Pattern MESH_CONFIG =
            Pattern.compile("\\s*\\{\\{-\\s*toYaml \\.Values\\.meshConfig \\| nindent ([0-9]+)\\s*}}");

    private Template() {}

    static String render(String template, Values values) {
        String filled = PLACE.matcher(Blocks.render(template, values))
                .replaceAll(match -> Matcher.quoteReplacement(value(match.group(1), values)));
        // Last, so that nothing in it is taken for a place to fill.
        String tree = Yaml.dump(Json.tree(values.meshConfig())).stripTrailing();
        return MESH_CONFIG
                .matcher(filled)
                .replaceAll(match -> Matcher.quoteReplacement(
                        "\n" + tree.indent(Integer.parseInt(match.group(1))).stripTrailing()));
    }

    private static String value(String name, Values values) {
        return name.equals("Release.Namespace") ? values.namespace() : values.get(name.substring("Values.".length()));
    }
}

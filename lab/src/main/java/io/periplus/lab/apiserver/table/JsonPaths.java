package io.periplus.lab.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The JSON paths that printer columns use: members, indices, wildcards and filters by equality, as in
 * {@code .status.conditions[?(@.type=="Ready")].status} or {@code .spec.hosts[*]}.
 */
public final class JsonPaths {
    private static final Pattern STEP = Pattern.compile("\\G(?:"
            + "\\.(?<member>(?:[^.\\[\\\\]|\\\\.)+)"
            + "|\\[['\"](?<quoted>[^'\"]+)['\"]\\]"
            + "|\\[(?<index>-?\\d+)\\]"
            + "|\\[(?<all>\\*)\\]"
            + "|\\[\\?\\(\\s*@\\.(?<key>[^=!\\s]+)\\s*(?<op>==|!=)\\s*['\"]?(?<value>[^'\")]*)['\"]?\\s*\\)\\])");

    private JsonPaths() {}

    /** The values a path leads to; none when it leads nowhere or cannot be read. */
    public static List<JsonNode> find(String path, JsonNode root) {
        List<JsonNode> nodes = List.of(root);
        String text = path.startsWith("$") ? path.substring(1) : path;
        text = text.startsWith(".") || text.startsWith("[") || text.isEmpty() ? text : "." + text;
        Matcher step = STEP.matcher(text);
        int end = 0;
        while (step.find()) {
            nodes = next(nodes, step);
            end = step.end();
        }
        return end == text.length() ? nodes : List.of();
    }

    private static List<JsonNode> next(List<JsonNode> nodes, Matcher step) {
        List<JsonNode> next = new ArrayList<>();
        for (JsonNode node : nodes) {
            String member = step.group("member") != null ? step.group("member") : step.group("quoted");
            if (member != null) {
                add(next, node.path(member.replace("\\", "")));
            } else if (step.group("index") != null) {
                int index = Integer.parseInt(step.group("index"));
                add(next, node.path(index < 0 ? node.size() + index : index));
            } else {
                node.forEach(element -> {
                    if (step.group("all") != null || matches(element, step)) {
                        next.add(element);
                    }
                });
            }
        }
        return next;
    }

    private static boolean matches(JsonNode element, Matcher step) {
        List<JsonNode> values = find("." + step.group("key"), element);
        boolean equal = !values.isEmpty() && values.getFirst().asText().equals(step.group("value"));
        return equal == step.group("op").equals("==");
    }

    private static void add(List<JsonNode> nodes, JsonNode node) {
        if (!node.isMissingNode()) {
            nodes.add(node);
        }
    }
}

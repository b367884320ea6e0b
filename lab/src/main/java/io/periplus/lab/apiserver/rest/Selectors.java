package io.periplus.lab.apiserver.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Label and field selectors of list, watch and deletecollection requests. */
public final class Selectors {
    private static final Pattern SET =
            Pattern.compile("\\s*([^\\s,()=!]+)\\s+(in|notin)\\s+\\(([^)]*)\\)\\s*", Pattern.CASE_INSENSITIVE);
    private static final Pattern EQUALITY = Pattern.compile("\\s*([^\\s,()=!]+)\\s*(==|=|!=)\\s*([^\\s,()=!]*)\\s*");
    private static final Pattern EXISTS = Pattern.compile("\\s*(!?)\\s*([^\\s,()=!]+)\\s*");
    private static final Pattern ORDER = Pattern.compile("\\s*([^\\s,()=!<>]+)\\s*([<>])\\s*(-?\\d+)\\s*");

    private Selectors() {}

    /**
     * @param labels as in {@code a=b,c!=d,e in (f,g),h,!i}
     * @param fields as in {@code metadata.name=x,status.phase!=Running}
     * @throws ApiException 400 for a selector that cannot be read
     */
    public static Predicate<ObjectNode> parse(String labels, String fields) {
        List<Predicate<ObjectNode>> all = new ArrayList<>();
        split(labels).forEach(term -> {
            Predicate<JsonNode> requirement = requirement(term, labels);
            all.add(object -> requirement.test(object.path("metadata").path("labels")));
        });
        split(fields).forEach(term -> all.add(field(term, fields)));
        return object -> all.stream().allMatch(requirement -> requirement.test(object));
    }

    /** Splits at commas outside parentheses. */
    private static List<String> split(String selector) {
        List<String> terms = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < selector.length(); i++) {
            switch (selector.charAt(i)) {
                case '(' -> depth++;
                case ')' -> depth--;
                case ',' -> {
                    if (depth == 0) {
                        terms.add(selector.substring(start, i));
                        start = i + 1;
                    }
                }
                default -> {}
            }
        }
        terms.add(selector.substring(start));
        terms.removeIf(String::isBlank);
        return terms;
    }

    private static Predicate<JsonNode> requirement(String term, String whole) {
        Matcher set = SET.matcher(term);
        if (set.matches()) {
            String key = set.group(1);
            Set<String> values =
                    Stream.of(set.group(3).split(",")).map(String::trim).collect(Collectors.toSet());
            boolean in = set.group(2).equalsIgnoreCase("in");
            return labels -> labels.has(key) ? values.contains(labels.path(key).asText()) == in : !in;
        }
        Matcher equality = EQUALITY.matcher(term);
        if (equality.matches()) {
            String key = equality.group(1);
            String value = equality.group(3);
            boolean equal = !equality.group(2).equals("!=");
            return labels -> labels.has(key) ? labels.path(key).asText().equals(value) == equal : !equal;
        }
        Matcher order = ORDER.matcher(term);
        if (order.matches()) {
            String key = order.group(1);
            long bound = Long.parseLong(order.group(3));
            boolean greater = order.group(2).equals(">");
            return labels -> {
                String text = Json.text(labels, key);
                return text.matches("-?\\d{1,18}")
                        && (greater ? Long.parseLong(text) > bound : Long.parseLong(text) < bound);
            };
        }
        Matcher exists = EXISTS.matcher(term);
        if (exists.matches()) {
            String key = exists.group(2);
            boolean wanted = exists.group(1).isEmpty();
            return labels -> labels.has(key) == wanted;
        }
        throw ApiException.badRequest("unable to parse requirement: found '" + term + "' in selector '" + whole + "'");
    }

    private static Predicate<ObjectNode> field(String term, String whole) {
        Matcher matcher = EQUALITY.matcher(term);
        if (!matcher.matches()) {
            throw ApiException.badRequest("invalid selector: '" + whole + "'; can't understand '" + term + "'");
        }
        String[] path = matcher.group(1).split("\\.");
        boolean equal = !matcher.group(2).equals("!=");
        String value = matcher.group(3);
        return object -> {
            String actual = Json.text(object, path);
            // Absent flags and numbers read as their zero values.
            boolean same = actual.equals(value) || actual.isEmpty() && (value.equals("false") || value.equals("0"));
            return same == equal;
        };
    }

    /** The selector of a label selector object, for {@code status.selector} of scales. */
    public static String text(JsonNode selector) {
        List<String> terms = new ArrayList<>();
        selector.path("matchLabels")
                .properties()
                .forEach(label ->
                        terms.add(label.getKey() + "=" + label.getValue().asText()));
        for (JsonNode expression : selector.path("matchExpressions")) {
            String key = Json.text(expression, "key");
            String values = String.join(",", Json.texts(expression.path("values")));
            terms.add(
                    switch (Json.text(expression, "operator")) {
                        case "In" -> key + " in (" + values + ")";
                        case "NotIn" -> key + " notin (" + values + ")";
                        case "Exists" -> key;
                        default -> "!" + key;
                    });
        }
        return String.join(",", terms);
    }
}

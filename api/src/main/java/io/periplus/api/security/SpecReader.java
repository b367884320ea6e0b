package io.periplus.api.security;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the loosely typed body of an object and writes down, by path, what does not fit. */
public final class SpecReader {
    private final Map<?, ?> fields;
    private final String path;
    private final List<String> problems;
    private final Set<String> read = new TreeSet<>();

    /** Reads a value that should be an object; {@code problems} is added to. */
    public SpecReader(@Nullable Object value, String path, List<String> problems) {
        this.path = path;
        this.problems = problems;
        if (value == null || value instanceof Map<?, ?>) {
            this.fields = value instanceof Map<?, ?> map ? map : Map.of();
        } else {
            this.fields = Map.of();
            problem("", "expected an object, found " + describe(value));
        }
    }

    /** Writes down what is wrong with a field; the empty name stands for the object itself. */
    public void problem(String field, String text) {
        problems.add((field.isEmpty() ? path : path + "." + field) + ": " + text);
    }

    /** Whether the field is there. */
    public boolean has(String field) {
        return fields.get(field) != null;
    }

    /** A text; null when it is absent. */
    public @Nullable String text(String field) {
        Object value = take(field);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        problem(field, "expected a string, found " + describe(value));
        return null;
    }

    String textOrEmpty(String field) {
        String text = text(field);
        return text == null ? "" : text;
    }

    /** The same object; what does not fit is written down elsewhere. */
    SpecReader reportingTo(List<String> other) {
        return new SpecReader(fields, path, other);
    }

    /** A list of texts that are not empty. */
    public List<String> texts(String field) {
        List<String> result = new ArrayList<>();
        int at = 0;
        for (Object item : items(field)) {
            if (item instanceof String text && !text.isEmpty()) {
                result.add(text);
            } else {
                problem(field + "[" + at + "]", "expected a non-empty string, found " + describe(item));
            }
            at++;
        }
        return List.copyOf(result);
    }

    /** An object of texts; null when it is absent. */
    public @Nullable Map<String, String> textMap(String field) {
        Object value = take(field);
        if (value == null) {
            return null;
        }
        Map<String, String> result = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((k, v) -> result.put(String.valueOf(k), String.valueOf(v)));
        } else {
            problem(field, "expected an object, found " + describe(value));
        }
        return Map.copyOf(result);
    }

    /** A field that should be an object; one without fields when it is absent. */
    public SpecReader object(String field) {
        return new SpecReader(take(field), path + "." + field, problems);
    }

    /** A field that should be a list of objects. */
    public List<SpecReader> objects(String field) {
        List<SpecReader> result = new ArrayList<>();
        int at = 0;
        for (Object item : items(field)) {
            result.add(new SpecReader(item, path + "." + field + "[" + at++ + "]", problems));
        }
        return result;
    }

    /** The names of all fields. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        fields.keySet().forEach(name -> names.add(String.valueOf(name)));
        return names;
    }

    /** A whole number; null when it is absent. */
    public @Nullable Long number(String field) {
        Object value = take(field);
        if (value == null || value instanceof Integer || value instanceof Long) {
            return value == null ? null : ((Number) value).longValue();
        }
        problem(field, "expected a whole number, found " + describe(value));
        return null;
    }

    /** Whether a flag is set. */
    public boolean flag(String field) {
        Object value = take(field);
        if (value != null && !(value instanceof Boolean)) {
            problem(field, "expected true or false, found " + describe(value));
        }
        return Boolean.TRUE.equals(value);
    }

    /** Reports every field that was never asked for. */
    public void end() {
        for (String name : names()) {
            if (!read.contains(name)) {
                problem(name, "unknown field");
            }
        }
    }

    private List<?> items(String field) {
        Object value = take(field);
        if (value == null || value instanceof List<?>) {
            return value == null ? List.of() : (List<?>) value;
        }
        problem(field, "expected a list, found " + describe(value));
        return List.of();
    }

    private @Nullable Object take(String field) {
        read.add(field);
        return fields.get(field);
    }

    private static String describe(@Nullable Object value) {
        return switch (value) {
            case null -> "nothing";
            case String text -> '"' + text + '"';
            case Map<?, ?> ignored -> "an object";
            case List<?> ignored -> "a list";
            default -> String.valueOf(value);
        };
    }
}

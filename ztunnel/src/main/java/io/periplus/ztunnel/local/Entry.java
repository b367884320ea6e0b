package io.periplus.ztunnel.local;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A mapping of the file, whose values are asked for by name and kind; says where it is when one cannot be used. */
final class Entry {
    private final Map<?, ?> values;
    private final String where;
    private final Set<String> known = new HashSet<>();

    private Entry(Map<?, ?> values, String where) {
        this.values = values;
        this.where = where;
    }

    /** @param where as people would write the path to it; empty for the whole file */
    static Entry of(@Nullable Object value, String where) {
        if (value instanceof Map<?, ?> map) {
            return new Entry(map, where);
        }
        throw new IllegalArgumentException(
                (where.isEmpty() ? "the file" : where) + ": " + value + " (expected: a mapping)");
    }

    private @Nullable Object get(String name) {
        known.add(name);
        return values.get(name);
    }

    private String at(String name) {
        return where.isEmpty() ? name : where + "." + name;
    }

    IllegalArgumentException unexpected(String name, @Nullable Object value, String expected) {
        return new IllegalArgumentException("%s: %s (expected: %s)".formatted(at(name), value, expected));
    }

    /** Empty if it is not there. */
    String text(String name) {
        Object value = get(name);
        if (value instanceof Map || value instanceof List) {
            throw unexpected(name, value, "text");
        }
        return value == null ? "" : value.toString();
    }

    String required(String name) {
        String text = text(name);
        if (text.isEmpty()) {
            throw unexpected(name, "nothing", "text");
        }
        return text;
    }

    boolean flag(String name) {
        return switch (get(name)) {
            case null -> false;
            case Boolean flag -> flag;
            case Object other -> throw unexpected(name, other, "true or false");
        };
    }

    /** From {@code min} to {@code max}; {@code otherwise} if it is not there. */
    int number(String name, int otherwise, int min, int max) {
        Object value = get(name);
        return value == null ? otherwise : number(name, value, min, max);
    }

    private int number(String name, Object value, int min, int max) {
        try {
            int number = Integer.parseInt(value.toString());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Reported below, with the range.
        }
        throw unexpected(name, value, min + " to " + max);
    }

    /** One of the names; {@code otherwise} if it is not there. */
    <T> T oneOf(String name, T otherwise, Map<String, T> choices) {
        String text = text(name);
        return text.isEmpty() ? otherwise : chosen(name, text, choices);
    }

    private <T> T chosen(String name, String text, Map<String, T> choices) {
        T choice = choices.get(text);
        if (choice == null) {
            throw unexpected(
                    name,
                    text,
                    String.join(", ", choices.keySet().stream().sorted().toList()));
        }
        return choice;
    }

    /** Several of the names. */
    <T> List<T> allOf(String name, Map<String, T> choices) {
        return texts(name).stream().map(text -> chosen(name, text, choices)).toList();
    }

    /** A list; empty if it is not there. */
    List<?> list(String name) {
        return switch (get(name)) {
            case null -> List.of();
            case List<?> list -> list;
            case Object other -> throw unexpected(name, other, "a list");
        };
    }

    List<String> texts(String name) {
        return list(name).stream().map(String::valueOf).toList();
    }

    List<Integer> numbers(String name, int min, int max) {
        return list(name).stream().map(value -> number(name, value, min, max)).toList();
    }

    /** A list of mappings. */
    List<Entry> entries(String name) {
        List<Entry> entries = new ArrayList<>();
        for (Object value : list(name)) {
            entries.add(of(value, at(name) + "[" + entries.size() + "]"));
        }
        return entries;
    }

    /** A mapping; {@code null} if it is not there. */
    @Nullable
    Entry entry(String name) {
        Object value = get(name);
        return value == null ? null : of(value, at(name));
    }

    /** What is beneath it, by name; a list counts as names alone. */
    Map<String, Entry> named(String name) {
        Map<String, Entry> found = new LinkedHashMap<>();
        if (get(name) instanceof List<?> names) {
            names.forEach(one -> found.put(one.toString(), new Entry(Map.of(), at(name))));
            return found;
        }
        Entry beneath = entry(name);
        if (beneath != null) {
            beneath.values.forEach((key, value) ->
                    found.put(key.toString(), of(value == null ? Map.of() : value, at(name) + "." + key)));
        }
        return found;
    }

    /** All of it as pairs of ports. */
    Map<Integer, Integer> ports() {
        Map<Integer, Integer> ports = new LinkedHashMap<>();
        values.forEach((from, to) -> ports.put(
                number(from.toString(), from, 1, 0xffff), to == null ? 0 : number(from.toString(), to, 0, 0xffff)));
        return ports;
    }

    /** What {@code parse} makes of a text that is there. */
    <T> T parsed(String name, String text, Function<String, T> parse) {
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(at(name) + ": " + e.getMessage(), e);
        }
    }

    /** To be called when everything has been asked for: what nobody asked for would have no effect. */
    void done(String... ignored) {
        known.addAll(List.of(ignored));
        for (Object key : values.keySet()) {
            if (!known.contains(key.toString())) {
                throw new IllegalArgumentException("%s is not known here".formatted(at(key.toString())));
            }
        }
    }
}

package io.periplus.controlplane.kube;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parsed JSON of an object by name. What is missing, null or of another type reads as empty, as the API
 * server has validated the object before.
 *
 * <p>Objects are read this way and not as typed ones because the types of a pod alone are hundreds of classes, which
 * would be most of this process's memory and start-up time.
 */
record Tree(Map<?, ?> fields) {
    private static final Tree EMPTY = new Tree(Map.of());

    static Tree of(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? new Tree(map) : EMPTY;
    }

    Tree at(String... path) {
        Tree tree = this;
        for (String name : path) {
            tree = of(tree.fields.get(name));
        }
        return tree;
    }

    boolean has(String name) {
        return fields.get(name) != null;
    }

    String text(String name) {
        return fields.get(name) instanceof String text ? text : "";
    }

    String text(String name, String otherwise) {
        String text = text(name);
        return text.isEmpty() ? otherwise : text;
    }

    @Nullable
    String textOrNull(String name) {
        return fields.get(name) instanceof String text && !text.isEmpty() ? text : null;
    }

    int number(String name) {
        return fields.get(name) instanceof Number number ? number.intValue() : 0;
    }

    @Nullable
    Long numberOrNull(String name) {
        return fields.get(name) instanceof Number number ? number.longValue() : null;
    }

    boolean flag(String name) {
        return Boolean.TRUE.equals(fields.get(name));
    }

    /** Whether a flag that is true by default has been set to false. */
    boolean denied(String name) {
        return Boolean.FALSE.equals(fields.get(name));
    }

    List<Tree> list(String name) {
        return fields.get(name) instanceof List<?> items
                ? items.stream().map(Tree::of).toList()
                : List.of();
    }

    List<String> texts(String name) {
        return fields.get(name) instanceof List<?> items
                ? items.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList()
                : List.of();
    }

    List<Integer> numbers(String name) {
        return fields.get(name) instanceof List<?> items
                ? items.stream()
                        .filter(Number.class::isInstance)
                        .map(item -> ((Number) item).intValue())
                        .toList()
                : List.of();
    }

    Map<String, String> textMap(String name) {
        Map<String, String> result = new LinkedHashMap<>();
        at(name).fields.forEach((key, value) -> {
            if (value != null) {
                result.put(String.valueOf(key), String.valueOf(value));
            }
        });
        return Map.copyOf(result);
    }
}

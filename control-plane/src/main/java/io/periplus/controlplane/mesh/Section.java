package io.periplus.controlplane.mesh;

import com.google.protobuf.Duration;
import io.periplus.api.GoDurations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A map of the configuration, with the place where it stands. Nobody has validated it before: a value of a type that its
 * field does not take is an error, and a field that nobody asks for can be named.
 */
final class Section {
    private final String path;
    private final Map<String, Object> fields = new LinkedHashMap<>();
    private final Set<String> unasked;

    Section(String path, @Nullable Object value) throws MeshConfigException {
        this.path = path;
        if (value != null) {
            if (!(value instanceof Map<?, ?> map)) {
                throw new MeshConfigException((path.isEmpty() ? "the document" : path) + ": expected a map");
            }
            map.forEach((name, field) -> {
                if (field != null) {
                    fields.put(String.valueOf(name), field);
                }
            });
        }
        unasked = new TreeSet<>(fields.keySet());
    }

    /** The place of a field, as messages name it. */
    String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** Names of fields that were not asked for so far. */
    Set<String> unasked() {
        return unasked;
    }

    boolean has(String name) {
        unasked.remove(name);
        return fields.containsKey(name);
    }

    /** A scalar as text; null if it is not set. */
    @Nullable
    String text(String name) throws MeshConfigException {
        Object value = field(name);
        if (value instanceof Map || value instanceof List) {
            throw wrong(name, "a string");
        }
        return value == null ? null : String.valueOf(value);
    }

    /** False if it is not set. */
    boolean flag(String name) throws MeshConfigException {
        return switch (field(name)) {
            case null -> false;
            case Boolean flag -> flag;
            default -> throw wrong(name, "true or false");
        };
    }

    /** Null if it is not set. */
    @Nullable
    Long number(String name) throws MeshConfigException {
        try {
            return switch (field(name)) {
                case null -> null;
                case Integer number -> number.longValue();
                case Long number -> number;
                case String text -> Long.valueOf(text);
                default -> throw wrong(name, "a number");
            };
        } catch (NumberFormatException _) {
            throw wrong(name, "a number");
        }
    }

    /** Null if it is not set. */
    @Nullable
    Duration duration(String name) throws MeshConfigException {
        String text = text(name);
        if (text == null) {
            return null;
        }
        java.time.Duration duration = GoDurations.parse(text);
        if (duration == null) {
            throw wrong(name, "a duration such as 500ms or 10s");
        }
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    /** Empty if it is not set. */
    List<String> texts(String name) throws MeshConfigException {
        List<String> texts = new ArrayList<>();
        for (Object item : items(name)) {
            if (item == null || item instanceof Map || item instanceof List) {
                throw wrong(name, "a list of strings");
            }
            texts.add(String.valueOf(item));
        }
        return texts;
    }

    /** Empty if it is not set. */
    Map<String, String> textMap(String name) throws MeshConfigException {
        Section section = section(name);
        Map<String, String> texts = new LinkedHashMap<>();
        for (String key : section.fields.keySet()) {
            String text = section.text(key);
            if (text != null) {
                texts.put(key, text);
            }
        }
        return texts;
    }

    /** Empty if it is not set. */
    Section section(String name) throws MeshConfigException {
        return new Section(at(name), field(name));
    }

    /** Empty if it is not set. */
    List<Section> sections(String name) throws MeshConfigException {
        List<Section> sections = new ArrayList<>();
        for (Object item : items(name)) {
            sections.add(new Section(at(name) + "[" + sections.size() + "]", item));
        }
        return sections;
    }

    private List<?> items(String name) throws MeshConfigException {
        return switch (field(name)) {
            case null -> List.of();
            case List<?> list -> list;
            default -> throw wrong(name, "a list");
        };
    }

    private @Nullable Object field(String name) {
        unasked.remove(name);
        return fields.get(name);
    }

    private MeshConfigException wrong(String name, String expected) {
        return new MeshConfigException(at(name) + ": " + fields.get(name) + " (expected: " + expected + ")");
    }
}

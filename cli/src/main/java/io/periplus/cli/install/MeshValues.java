package io.periplus.cli.install;

import io.periplus.cli.CliException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Changes to the mesh configuration, which is a tree and not, as the chart's other settings, a list of names. */
final class MeshValues {
    /** {@code name} or {@code name[0]}. */
    private static final Pattern STEP = Pattern.compile("([^\\[\\]]+)((?:\\[[0-9]{1,3}])*)");

    private static final Pattern INDEX = Pattern.compile("\\[([0-9]+)]");
    private static final Pattern NUMBER = Pattern.compile("0|-?[1-9][0-9]{0,17}");

    private MeshValues() {}

    /**
     * The tree with one more value.
     *
     * @param path as {@code --set} has it, such as {@code extensionProviders[0].name}; a dot in a name is written {@code \.}
     * @param value {@code true}, {@code false} and whole numbers stand for themselves, all else for text
     * @throws CliException if the path is none
     */
    static Map<String, @Nullable Object> with(Map<String, @Nullable Object> tree, String path, String value) {
        List<Object> steps = new ArrayList<>();
        for (String part : path.split("(?<!\\\\)\\.", -1)) {
            Matcher step = STEP.matcher(part.replace("\\.", "."));
            if (!step.matches()) {
                throw new CliException("meshConfig." + path + ": expected names such as extensionProviders[0].name");
            }
            steps.add(step.group(1));
            INDEX.matcher(step.group(2)).results().forEach(index -> steps.add(Integer.valueOf(index.group(1))));
        }
        return map(put(tree, steps, scalar(value)));
    }

    /** The tree with another laid over it: maps are merged, all else is replaced, as Helm does it. */
    static Map<String, @Nullable Object> merge(Map<String, @Nullable Object> tree, Map<String, @Nullable Object> over) {
        Map<String, @Nullable Object> merged = new LinkedHashMap<>(tree);
        over.forEach((name, value) -> merged.put(
                name,
                value instanceof Map && merged.get(name) instanceof Map
                        ? merge(map(merged.get(name)), map(value))
                        : value));
        return merged;
    }

    /** A map with names as text; an empty one for what is no map. */
    static Map<String, @Nullable Object> map(@Nullable Object value) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> given) {
            given.forEach((name, field) -> map.put(String.valueOf(name), field));
        }
        return map;
    }

    private static Object scalar(String value) {
        if (value.equals("true") || value.equals("false")) {
            return Boolean.valueOf(value);
        }
        return NUMBER.matcher(value).matches() ? (Object) Long.valueOf(value) : value;
    }

    private static @Nullable Object put(@Nullable Object at, List<Object> steps, Object value) {
        if (steps.isEmpty()) {
            return value;
        }
        List<Object> rest = steps.subList(1, steps.size());
        if (steps.getFirst() instanceof Integer index) {
            List<@Nullable Object> list = at instanceof List<?> given ? new ArrayList<>(given) : new ArrayList<>();
            while (list.size() <= index) {
                list.add(null);
            }
            list.set(index, put(list.get(index), rest, value));
            return list;
        }
        Map<String, @Nullable Object> map = map(at);
        String name = String.valueOf(steps.getFirst());
        map.put(name, put(map.get(name), rest, value));
        return map;
    }
}

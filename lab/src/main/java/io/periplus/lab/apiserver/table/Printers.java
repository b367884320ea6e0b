package io.periplus.lab.apiserver.table;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ResourceType;
import io.periplus.lab.store.types.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The printers of built-in types, with the columns the API documents. */
final class Printers {
    private static final Set<String> NUMBERS =
            Set.of("Desired", "Current", "Up-to-date", "Available", "Data", "Secrets");
    private static final Map<String, Printer> BY_TYPE = new HashMap<>();
    private static final Printer OTHER = printer("Name|Age", object -> List.of(Rows.name(object), Rows.age(object)));

    static {
        BY_TYPE.put(
                "pods",
                printer("Name|Ready|Status|Restarts|Age|IP+|Node+|Nominated Node+|Readiness Gates+", PodRow::cells));
        WorkloadRows.add(BY_TYPE);
        NetworkRows.add(BY_TYPE);
        ClusterRows.add(BY_TYPE);
    }

    private Printers() {}

    static Printer of(ResourceType type) {
        return BY_TYPE.getOrDefault(type.qualified(), OTHER);
    }

    /** @param columns names divided by bars; one that ends with a plus shows only in wide output */
    static Printer printer(String columns, Function<ObjectNode, List<Object>> cells) {
        List<Version.Column> definitions = new ArrayList<>();
        for (String column : columns.split("\\|")) {
            boolean wide = column.endsWith("+");
            String name = wide ? column.substring(0, column.length() - 1) : column;
            definitions.add(new Version.Column(
                    name,
                    NUMBERS.contains(name) ? "integer" : "string",
                    name.equals("Name") ? "name" : "",
                    "",
                    wide ? 1 : 0,
                    ""));
        }
        return new FixedPrinter(definitions, cells);
    }

    private record FixedPrinter(List<Version.Column> columns, Function<ObjectNode, List<Object>> rows)
            implements Printer {
        @Override
        public List<Object> cells(ObjectNode object) {
            return rows.apply(object);
        }
    }
}

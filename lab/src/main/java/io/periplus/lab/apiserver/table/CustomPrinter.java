package io.periplus.lab.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.types.Version;
import java.util.ArrayList;
import java.util.List;

/** Tables of custom types: the name, then {@code additionalPrinterColumns}, or the age when there are none. */
final class CustomPrinter implements Printer {
    private static final Version.Column AGE =
            new Version.Column("Age", "date", "", "", 0, ".metadata.creationTimestamp");

    private final List<Version.Column> printed;
    private final List<Version.Column> columns;

    private CustomPrinter(List<Version.Column> printed) {
        this.printed = printed;
        this.columns = new ArrayList<>();
        columns.add(new Version.Column("Name", "string", "name", "", 0, ""));
        columns.addAll(printed);
    }

    static CustomPrinter of(Version version) {
        return new CustomPrinter(version.columns().isEmpty() ? List.of(AGE) : version.columns());
    }

    @Override
    public List<Version.Column> columns() {
        return columns;
    }

    @Override
    public List<Object> cells(ObjectNode object) {
        List<Object> cells = new ArrayList<>();
        cells.add(Meta.name(object));
        for (Version.Column column : printed) {
            List<JsonNode> found = JsonPaths.find(column.jsonPath(), object);
            cells.add(cell(column, found));
        }
        return cells;
    }

    private static Object cell(Version.Column column, List<JsonNode> found) {
        if (found.isEmpty() || found.getFirst().isNull()) {
            return MissingNode.getInstance();
        }
        JsonNode first = found.getFirst();
        return switch (column.type()) {
            case "date" -> Ages.since(first.asText());
            case "integer" -> first.isNumber() ? first : Long.valueOf(first.asLong());
            case "number", "boolean" -> first;
            default -> {
                if (found.size() > 1) {
                    List<String> texts = found.stream().map(CustomPrinter::text).toList();
                    yield String.join(",", texts);
                }
                yield text(first);
            }
        };
    }

    private static String text(JsonNode value) {
        return value.isContainerNode() ? value.toString() : value.asText();
    }
}

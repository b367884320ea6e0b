package io.periplus.lab.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.types.Definition;
import io.periplus.lab.store.types.Version;
import java.util.List;

/** Makes {@code meta.k8s.io/v1 Table}s. */
public final class Tables {
    private Tables() {}

    /** @param includeObject {@code None}, {@code Metadata} (also when empty) or {@code Object} */
    public static ObjectNode of(
            Definition definition, Version version, List<ObjectNode> objects, String includeObject) {
        Printer printer = definition.custom() ? CustomPrinter.of(version) : Printers.of(definition.storage());
        ObjectNode table = Json.object().put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
        ObjectNode meta = table.putObject("metadata");
        if (objects.size() == 1) {
            meta.set("resourceVersion", objects.getFirst().path("metadata").path("resourceVersion"));
        }
        ArrayNode columns = table.putArray("columnDefinitions");
        for (Version.Column column : printer.columns()) {
            columns.addObject()
                    .put("name", column.name())
                    .put("type", column.type())
                    .put("format", column.format())
                    .put("description", column.description())
                    .put("priority", column.priority());
        }
        ArrayNode rows = table.putArray("rows");
        for (ObjectNode object : objects) {
            ObjectNode row = rows.addObject();
            ArrayNode cells = row.putArray("cells");
            for (Object cell : printer.cells(object)) {
                add(cells, cell);
            }
            switch (includeObject) {
                case "None" -> {}
                case "Object" -> row.set("object", object);
                default -> {
                    ObjectNode partial = row.putObject("object")
                            .put("kind", "PartialObjectMetadata")
                            .put("apiVersion", "meta.k8s.io/v1");
                    partial.set("metadata", object.path("metadata"));
                }
            }
        }
        return table;
    }

    private static void add(ArrayNode cells, Object cell) {
        switch (cell) {
            case Integer number -> cells.add(number);
            case Long number -> cells.add(number);
            case Boolean flag -> cells.add(flag);
            case JsonNode node when node.isMissingNode() -> cells.addNull();
            case JsonNode node -> cells.add(node);
            default -> cells.add(cell.toString());
        }
    }
}

package io.periplus.lab.store.types;

import io.periplus.lab.store.schema.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One version of a type.
 *
 * @param status whether status is a subresource: main writes leave it alone, status writes change only it
 * @param scale null if the type cannot be scaled
 * @param columns of a CustomResourceDefinition; empty for built-in types, which have printers of their own
 * @param deprecation the warning clients get, null for none
 */
public record Version(
        String name,
        Schema schema,
        boolean status,
        @Nullable Scale scale,
        List<Column> columns,
        @Nullable String deprecation) {
    public Version {
        columns = List.copyOf(columns);
    }

    /** Where a scale subresource finds its values: simple JSON paths such as {@code .spec.replicas}. */
    public record Scale(
            String specReplicasPath,
            String statusReplicasPath,
            @Nullable String labelSelectorPath) {}

    /** A column of tables. {@code priority} above 0 shows only in wide output. */
    public record Column(String name, String type, String format, String description, int priority, String jsonPath) {}
}

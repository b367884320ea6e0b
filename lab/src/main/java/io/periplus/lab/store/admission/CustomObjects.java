package io.periplus.lab.store.admission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.Part;
import io.periplus.lab.store.schema.Schema;
import io.periplus.lab.store.schema.SchemaDefaults;
import io.periplus.lab.store.schema.SchemaValidator;
import io.periplus.lab.store.schema.UnknownFields;
import io.periplus.lab.store.types.Definition;
import java.util.ArrayList;
import java.util.List;

/** Objects of custom types, by their schema: unknown fields pruned, defaults set, then validated. */
final class CustomObjects {
    private CustomObjects() {}

    static void admit(Definition definition, ObjectNode object, Part part) {
        Schema schema = definition.stored().schema();
        UnknownFields.prune(schema, object);
        SchemaDefaults.apply(schema, object);
        List<ApiException.Cause> causes = new ArrayList<>();
        if (part == Part.MAIN) {
            Names.labels(object, causes);
        }
        causes.addAll(SchemaValidator.validate(schema, object));
        if (!causes.isEmpty()) {
            throw ApiException.invalid(definition.storage(), Meta.name(object), causes);
        }
    }
}

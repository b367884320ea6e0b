package io.periplus.lab.store.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Defaults, conditions and validation of CustomResourceDefinitions. A new one is established at once. */
final class CrdAdmission {
    private CrdAdmission() {}

    static void complete(ObjectNode crd) {
        ObjectNode spec = Json.ensureObject(crd, "spec");
        ObjectNode names = Json.ensureObject(spec, "names");
        String kind = Json.text(names, "kind");
        Json.defaultText(names, "listKind", kind + "List");
        Json.defaultText(names, "singular", kind.toLowerCase(Locale.ROOT));
        Json.defaultText(Json.ensureObject(spec, "conversion"), "strategy", "None");
        status(crd, spec, names);
    }

    private static void status(ObjectNode crd, ObjectNode spec, ObjectNode names) {
        ObjectNode status = Json.ensureObject(crd, "status");
        status.set("acceptedNames", names.deepCopy());
        List<String> stored = Json.texts(status.path("storedVersions"));
        for (JsonNode version : spec.path("versions")) {
            String name = Json.text(version, "name");
            if (version.path("storage").asBoolean() && !stored.contains(name)) {
                stored.add(name);
            }
        }
        status.set("storedVersions", Json.array(stored));
        condition(status, "NamesAccepted", "NoConflicts", "no conflicts found");
        condition(status, "Established", "InitialNamesAccepted", "the initial names have been accepted");
    }

    private static void condition(ObjectNode status, String type, String reason, String message) {
        for (JsonNode present : status.path("conditions")) {
            if (Json.text(present, "type").equals(type)) {
                return;
            }
        }
        status.withArray("conditions")
                .addObject()
                .put("lastTransitionTime", Meta.now())
                .put("message", message)
                .put("reason", reason)
                .put("status", "True")
                .put("type", type);
    }

    static List<ApiException.Cause> validate(ObjectNode crd) {
        List<ApiException.Cause> causes = new ArrayList<>();
        JsonNode spec = crd.path("spec");
        for (String required : List.of("group", "scope")) {
            if (Json.text(spec, required).isEmpty()) {
                causes.add(new ApiException.Cause("FieldValueRequired", "Required value", "spec." + required));
            }
        }
        for (String required : List.of("plural", "kind")) {
            if (Json.text(spec, "names", required).isEmpty()) {
                causes.add(new ApiException.Cause("FieldValueRequired", "Required value", "spec.names." + required));
            }
        }
        String expected = Json.text(spec, "names", "plural") + "." + Json.text(spec, "group");
        if (causes.isEmpty() && !expected.equals(Meta.name(crd))) {
            causes.add(new ApiException.Cause(
                    "FieldValueInvalid",
                    "Invalid value: \"" + Meta.name(crd) + "\": must be spec.names.plural+\".\"+spec.group",
                    "metadata.name"));
        }
        versions(spec, causes);
        return causes;
    }

    private static void versions(JsonNode spec, List<ApiException.Cause> causes) {
        int storage = 0;
        int index = 0;
        for (JsonNode version : spec.path("versions")) {
            storage += version.path("storage").asBoolean() ? 1 : 0;
            if (!version.path("schema").path("openAPIV3Schema").isObject()) {
                causes.add(new ApiException.Cause(
                        "FieldValueRequired",
                        "Required value: schemas are required",
                        "spec.versions[" + index + "].schema.openAPIV3Schema"));
            }
            index++;
        }
        if (storage != 1) {
            causes.add(new ApiException.Cause(
                    "FieldValueInvalid",
                    "Invalid value: must have exactly one version marked as storage version",
                    "spec.versions"));
        }
    }

    static ApiException invalid(ObjectNode crd, List<ApiException.Cause> causes) {
        return ApiException.invalid(Types.CRD, Meta.name(crd), causes);
    }
}

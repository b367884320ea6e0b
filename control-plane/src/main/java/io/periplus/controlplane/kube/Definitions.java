package io.periplus.controlplane.kube;

/** What definitions of custom resources know: an API server drops the other fields. */
final class Definitions {
    private Definitions() {}

    /**
     * Whether all versions know a field.
     *
     * @param definition as an object
     * @param field      names with dots between them; lists stand for their items
     */
    static boolean know(Tree definition, String field) {
        return definition.at("spec").list("versions").stream()
                .allMatch(version -> knows(version.at("schema", "openAPIV3Schema"), field));
    }

    /** Whether one version's schema knows a field. */
    static boolean knows(Tree schema, String field) {
        Tree at = schema;
        for (String name : field.split("\\.")) {
            Tree object = at.has("items") ? at.at("items") : at;
            if (!object.at("properties").has(name)) {
                return false;
            }
            at = object.at("properties", name);
        }
        return true;
    }
}

package io.periplus.model.input;

import io.periplus.api.NamespacedName;
import java.util.List;

/**
 * A BackendTLSPolicy without its status.
 *
 * @param created         RFC 3339; empty when not known
 * @param authorities     references to certificates of authorities
 * @param system          whether the authorities of the system are trusted
 * @param hostname        sent to the server, and expected of it unless there are {@code subjectAltNames}
 * @param subjectAltNames host names or URIs of which the server has to hold one
 */
public record BackendTlsPolicyInput(
        NamespacedName key,
        long generation,
        String created,
        List<Target> targets,
        List<ReferenceInput> authorities,
        boolean system,
        String hostname,
        List<String> subjectAltNames) {

    /** @param sectionName a port of the service by name; empty for all */
    public record Target(String group, String kind, String name, String sectionName) {}
}

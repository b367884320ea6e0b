package io.periplus.cli.analyze.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.text.Json;
import java.util.Set;
import java.util.TreeSet;

/** The parts of AuthorizationPolicies that only a proxy which sees HTTP can judge. */
final class HttpFields {
    private static final Set<String> L4_SOURCES = Set.of(
            "principals",
            "notPrincipals",
            "namespaces",
            "notNamespaces",
            "ipBlocks",
            "notIpBlocks",
            "serviceAccounts",
            "notServiceAccounts");
    private static final Set<String> L4_OPERATIONS = Set.of("ports", "notPorts");
    private static final Set<String> L4_KEYS =
            Set.of("source.ip", "source.namespace", "source.principal", "destination.ip", "destination.port");

    private HttpFields() {}

    /** Names of the fields and keys that a policy's rules use. */
    static Set<String> of(KubeObject policy) {
        Set<String> found = new TreeSet<>();
        for (JsonNode rule : policy.at("/spec/rules")) {
            rule.path("from").forEach(from -> collect(from.path("source"), L4_SOURCES, found));
            rule.path("to").forEach(to -> collect(to.path("operation"), L4_OPERATIONS, found));
            rule.path("when").forEach(when -> {
                String key = Json.text(when, "/key", "");
                if (!L4_KEYS.contains(key)) {
                    found.add(key);
                }
            });
        }
        return found;
    }

    /** Those of a policy that ask about a validated token. */
    static Set<String> ofTokens(KubeObject policy) {
        Set<String> found = of(policy);
        found.removeIf(field -> !field.startsWith("request.auth.") && !field.endsWith("equestPrincipals"));
        return found;
    }

    private static void collect(JsonNode fields, Set<String> known, Set<String> into) {
        fields.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                into.add(field);
            }
        });
    }
}

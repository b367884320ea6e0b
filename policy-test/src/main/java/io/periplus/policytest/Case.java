package io.periplus.policytest;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.api.SpiffeId;
import io.periplus.policytest.Documents.Document;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A case as its author wrote it.
 *
 * @param client null for a client outside the mesh
 * @param address of the client
 * @param service by {@code name.namespace} or full host name
 * @param port 0 for the only one of the service
 * @param request null for a connection that is judged as bytes
 * @param claims of a valid token, null without one
 * @param authorizer what the external authorizer of a CUSTOM policy answers, null where the author does not say
 * @param allowed what is expected
 * @param by {@code namespace/name} of the policy that is expected to decide, null for any
 */
record Case(
        String where,
        String name,
        @Nullable SpiffeId client,
        String address,
        String service,
        int port,
        @Nullable Request request,
        @Nullable JsonNode claims,
        @Nullable Boolean authorizer,
        boolean allowed,
        @Nullable String by) {

    /**
     * A request.
     *
     * @param host empty for the service's own
     * @param headers names in lower case
     */
    record Request(String method, String path, String host, Map<String, String> headers) {}

    private static final String ANY_ADDRESS = "10.244.255.254";
    private static final Set<String> FIELDS = Set.of("name", "from", "to", "token", "authorizer", "expect", "by");
    private static final Set<String> FROM = Set.of("namespace", "serviceAccount", "ip", "outside");
    private static final Set<String> TO =
            Set.of("service", "namespace", "port", "path", "method", "host", "headers", "tcp");

    /** Whether a document holds cases. */
    static boolean isIn(Document document) {
        return document.content().has("cases");
    }

    static List<Case> of(Document document, String trustDomain) {
        List<Case> cases = new ArrayList<>();
        for (JsonNode each : document.content().path("cases")) {
            cases.add(of(document, cases.size() + 1, each, trustDomain));
        }
        return cases;
    }

    private static Case of(Document document, int number, JsonNode node, String trustDomain) {
        String name = node.path("name").asText("case " + number);
        String where = document.where() + ", " + name;
        check(where, node, FIELDS);
        check(where + ", from", node.path("from"), FROM);
        check(where + ", to", node.path("to"), TO);
        JsonNode from = node.path("from");
        JsonNode to = node.path("to");
        boolean outside = from.path("outside").asBoolean();
        if (!outside && !from.hasNonNull("namespace")) {
            throw new UnreadableException(
                    where + ": from.namespace is missing (a client outside the mesh: outside: true)");
        }
        if (!to.hasNonNull("service")) {
            throw new UnreadableException(where + ": to.service is missing");
        }
        String expect = node.path("expect").asText("");
        if (!expect.equals("allow") && !expect.equals("deny")) {
            throw new UnreadableException(where + ": expect is \"" + expect + "\" (expected: allow or deny)");
        }
        SpiffeId client = outside
                ? null
                : new SpiffeId(
                        trustDomain,
                        from.path("namespace").asText(),
                        from.path("serviceAccount").asText("default"));
        String service = to.path("service").asText();
        return new Case(
                where,
                name,
                client,
                from.path("ip").asText(ANY_ADDRESS),
                to.hasNonNull("namespace")
                        ? service + "." + to.path("namespace").asText()
                        : service,
                to.path("port").asInt(),
                to.path("tcp").asBoolean() ? null : request(to),
                node.hasNonNull("token") ? node.path("token") : null,
                node.hasNonNull("authorizer") ? node.path("authorizer").asText().equals("allow") : null,
                expect.equals("allow"),
                node.hasNonNull("by") ? node.path("by").asText() : null);
    }

    private static Request request(JsonNode to) {
        Map<String, String> headers = new LinkedHashMap<>();
        to.path("headers")
                .properties()
                .forEach(header -> headers.put(
                        header.getKey().toLowerCase(Locale.ROOT),
                        header.getValue().asText()));
        return new Request(
                to.path("method").asText("GET"),
                to.path("path").asText("/"),
                to.path("host").asText(""),
                headers);
    }

    /** A field that nobody reads would make a case say less than its author thinks. */
    private static void check(String where, JsonNode node, Set<String> known) {
        node.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                throw new UnreadableException(where + ": unknown field \"" + field + "\" (known: "
                        + String.join(", ", known.stream().sorted().toList()) + ")");
            }
        });
    }
}

package io.periplus.policytest;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.api.NamespacedName;
import io.periplus.api.SpiffeId;
import io.periplus.api.why.HeaderField;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.policy.ConnectionAttributes;
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
 * @param client null for a client outside the mesh, and for a Gateway
 * @param fromGateway the client, if it is one
 * @param address of the client
 * @param gateway that is called; null for a service
 * @param service by {@code name.namespace} or full host name; empty for a Gateway
 * @param port 0 for the only one of the service or Gateway
 * @param serverName that the client asks for in TLS, empty for none that the author names
 * @param request null for a connection that is judged as bytes
 * @param claims of a token that its issuer signed, null without one
 * @param authorizers what external authorizers of CUSTOM policies answer, by provider; {@code *} for all others
 * @param allowed what is expected
 * @param by {@code namespace/name} of the policy that is expected to decide, null for any
 */
record Case(
        String where,
        String name,
        @Nullable SpiffeId client,
        @Nullable NamespacedName fromGateway,
        String address,
        @Nullable NamespacedName gateway,
        String service,
        int port,
        String serverName,
        @Nullable Request request,
        @Nullable JsonNode claims,
        Map<String, Boolean> authorizers,
        boolean allowed,
        @Nullable String by) {

    /**
     * A request.
     *
     * @param host empty for the service's own
     * @param headers in order, names may repeat
     */
    record Request(String method, String path, String host, List<HeaderField> headers) {}

    private static final String ANY_ADDRESS = "10.244.255.254";
    private static final Set<String> FIELDS = Set.of("name", "from", "to", "token", "authorizer", "expect", "by");
    private static final Set<String> FROM = Set.of("namespace", "serviceAccount", "ip", "outside", "gateway");
    private static final Set<String> TO =
            Set.of("service", "gateway", "namespace", "port", "path", "method", "host", "headers", "tcp", "serverName");
    private static final String ANY = "*";

    /** What an external authorizer answers; null where the author does not say. */
    @Nullable
    Boolean answerOf(String provider) {
        Boolean own = authorizers.get(provider);
        return own == null ? authorizers.get(ANY) : own;
    }

    /** What a connection of this client is, as L4 policies see it. */
    ConnectionAttributes connection(@Nullable SpiffeId identity, IpAddress destination, int destinationPort) {
        try {
            return new ConnectionAttributes(identity, IpAddress.parse(address), destination, destinationPort);
        } catch (IllegalArgumentException e) {
            throw new UnreadableException(where + ": from.ip: " + e.getMessage());
        }
    }

    /** The same from another address. */
    Case from(String other) {
        return new Case(
                where,
                name,
                client,
                fromGateway,
                other,
                gateway,
                service,
                port,
                serverName,
                request,
                claims,
                authorizers,
                allowed,
                by);
    }

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
        boolean outside = flag(where, "from.outside", from.path("outside"));
        NamespacedName fromGateway = name(where, "from.gateway", from.path("gateway"));
        NamespacedName gateway = name(where, "to.gateway", to.path("gateway"));
        if (!outside && fromGateway == null && gateway == null && !from.hasNonNull("namespace")) {
            throw new UnreadableException(
                    where + ": from.namespace is missing (a client outside the mesh: outside: true)");
        }
        if (gateway == null == !to.hasNonNull("service")) {
            throw new UnreadableException(where + ": needs one of to.service and to.gateway");
        }
        String expect = node.path("expect").asText("");
        if (!expect.equals("allow") && !expect.equals("deny")) {
            throw new UnreadableException(where + ": expect is \"" + expect + "\" (expected: allow or deny)");
        }
        SpiffeId client = outside || fromGateway != null || !from.hasNonNull("namespace")
                ? null
                : new SpiffeId(
                        trustDomain,
                        from.path("namespace").asText(),
                        from.path("serviceAccount").asText("default"));
        String service = to.path("service").asText("");
        JsonNode port = to.path("port");
        if (!port.isMissingNode() && !port.canConvertToInt()) {
            throw new UnreadableException(where + ": to.port is " + port + " (expected: a number)");
        }
        return new Case(
                where,
                name,
                client,
                fromGateway,
                from.path("ip").asText(ANY_ADDRESS),
                gateway,
                to.hasNonNull("namespace")
                        ? service + "." + to.path("namespace").asText()
                        : service,
                port.asInt(),
                to.path("serverName").asText("").toLowerCase(Locale.ROOT),
                flag(where, "to.tcp", to.path("tcp")) ? null : request(where, to),
                node.hasNonNull("token") ? node.path("token") : null,
                authorizers(where, node.path("authorizer")),
                expect.equals("allow"),
                node.hasNonNull("by") ? node.path("by").asText() : null);
    }

    private static Request request(String where, JsonNode to) {
        List<HeaderField> headers = new ArrayList<>();
        to.path("headers").properties().forEach(header -> {
            String name = header.getKey();
            if (name.startsWith(":") || name.equalsIgnoreCase("host")) {
                throw new UnreadableException(
                        where + ": to.headers has \"" + name + "\" (expected: to.method, to.path or to.host)");
            }
            Iterable<JsonNode> values = header.getValue().isArray() ? header.getValue() : List.of(header.getValue());
            values.forEach(value -> headers.add(new HeaderField(name, value.asText())));
        });
        return new Request(
                to.path("method").asText("GET"),
                to.path("path").asText("/"),
                to.path("host").asText(""),
                headers);
    }

    private static Map<String, Boolean> authorizers(String where, JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return Map.of();
        }
        if (!node.isObject()) {
            return Map.of(ANY, answer(where + ": authorizer", node));
        }
        Map<String, Boolean> answers = new LinkedHashMap<>();
        node.properties()
                .forEach(each ->
                        answers.put(each.getKey(), answer(where + ": authorizer." + each.getKey(), each.getValue())));
        return answers;
    }

    private static boolean answer(String what, JsonNode node) {
        return switch (node.asText()) {
            case "allow" -> true;
            case "deny" -> false;
            default -> throw new UnreadableException(what + " is " + node + " (expected: allow or deny)");
        };
    }

    private static boolean flag(String where, String what, JsonNode node) {
        if (!node.isMissingNode() && !node.isBoolean()) {
            throw new UnreadableException(where + ": " + what + " is " + node + " (expected: true or false)");
        }
        return node.asBoolean();
    }

    private static @Nullable NamespacedName name(String where, String what, JsonNode node) {
        if (node.isMissingNode()) {
            return null;
        }
        String[] parts = node.asText().split("/", -1);
        if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw new UnreadableException(where + ": " + what + " is " + node + " (expected: <namespace>/<name>)");
        }
        return new NamespacedName(parts[0], parts[1]);
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

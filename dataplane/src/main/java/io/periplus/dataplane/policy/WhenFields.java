package io.periplus.dataplane.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code when[]}: keys and how their values compare. */
final class WhenFields {
    private static final String HEADERS = "request.headers[";
    private static final String CLAIMS = "request.auth.claims[";

    private WhenFields() {}

    static List<Condition> conditions(String policyNamespace, io.periplus.wire.waypoint.Condition when) {
        Fields to = new Fields();
        add(to, policyNamespace, when.getKey(), when.getValuesList(), false);
        add(to, policyNamespace, when.getKey(), when.getNotValuesList(), true);
        return to.conditions();
    }

    private static void add(Fields to, String policyNamespace, String key, List<String> values, boolean negated) {
        switch (key) {
            case "source.ip" -> to.address(key, RequestAttributes::source, values, negated);
            case "remote.ip" -> to.address(key, RequestAttributes::remote, values, negated);
            case "source.namespace" -> to.string(key, Attributes::namespace, values, negated, StringMatcher::parseGlob);
            case "source.principal" -> to.string(key, RequestAttributes::clientPrincipal, values, negated);
            case "source.serviceAccount" -> to.serviceAccount(key, policyNamespace, values, negated);
            case "source.trustDomain" -> to.string(key, Attributes::trustDomain, values, negated);
            case "destination.ip" -> to.address(key, RequestAttributes::destination, values, negated);
            case "destination.port" -> to.port(key, values, negated);
            case "connection.sni" -> to.string(key, RequestAttributes::serverName, values, negated);
            case "request.auth.principal" ->
                to.http(key, HttpAttributes::requestPrincipal, values, negated, WhenFields::plain);
            case "request.auth.audiences" -> to.claim(key, List.of("aud"), values, negated);
            case "request.auth.presenter" -> to.claim(key, List.of("azp"), values, negated);
            default -> addIndexed(to, key, values, negated);
        }
    }

    private static void addIndexed(Fields to, String key, List<String> values, boolean negated) {
        if (key.startsWith(HEADERS) && key.endsWith("]")) {
            String header = key.substring(HEADERS.length(), key.length() - 1).toLowerCase(Locale.ROOT);
            to.http(key, http -> http.header(header), values, negated, WhenFields::plain);
        } else if (key.startsWith(CLAIMS) && key.endsWith("]")) {
            String inner = key.substring(CLAIMS.length(), key.length() - 1);
            to.claim(key, new ArrayList<>(List.of(inner.split("\\]\\[", -1))), values, negated);
        } else {
            throw new IllegalArgumentException("when key \"" + key + "\" is not supported");
        }
    }

    private static StringMatcher plain(String value) {
        return StringMatcher.parse(value, false);
    }
}

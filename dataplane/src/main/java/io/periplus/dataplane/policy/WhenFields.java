package io.periplus.dataplane.policy;

import io.periplus.dataplane.address.Cidr;
import java.util.List;

/** {@code when[]}: keys and how their values compare. */
final class WhenFields {
    private static final String HEADERS = "request.headers[";
    private static final String CLAIMS = "request.auth.claims[";
    private static final String FILTERS = "experimental.envoy.filters.";

    private WhenFields() {}

    /** @param allowing whether the rule lets traffic pass */
    static List<Condition> conditions(
            String policyNamespace, io.periplus.wire.waypoint.Condition when, boolean allowing) {
        Fields to = new Fields();
        add(to, policyNamespace, when.getKey(), when.getValuesList(), false, allowing);
        add(to, policyNamespace, when.getKey(), when.getNotValuesList(), true, allowing);
        return to.conditions();
    }

    private static void add(
            Fields to, String policyNamespace, String key, List<String> values, boolean negated, boolean allowing) {
        switch (key) {
            case "source.ip" -> to.address(key, RequestAttributes::source, values, negated, Cidr::parse);
            case "remote.ip" -> to.address(key, RequestAttributes::remote, values, negated, Cidr::parse);
            case "source.namespace" -> to.text(key, TextAttribute.NAMESPACE, values, negated, StringMatcher::parseGlob);
            case "source.principal" -> to.text(key, TextAttribute.PRINCIPAL, values, negated);
            case "source.serviceAccount" ->
                to.serviceAccount(key, values, negated, UserSyntax.serviceAccountFrom(policyNamespace));
            case "source.trustDomain" -> to.text(key, TextAttribute.TRUST_DOMAIN, values, negated);
            case "destination.ip" -> to.address(key, RequestAttributes::destination, values, negated, Cidr::parse);
            case "destination.port" -> to.port(key, values, negated, UserSyntax::port);
            case "connection.sni" -> to.text(key, TextAttribute.SERVER_NAME, values, negated);
            case "request.auth.principal" -> to.requestPrincipal(key, values, negated);
            case "request.auth.audiences" -> to.claim(key, List.of("aud"), values, negated);
            case "request.auth.presenter" -> to.claim(key, List.of("azp"), values, negated);
            default -> addIndexed(to, key, values, negated, allowing);
        }
    }

    private static void addIndexed(Fields to, String key, List<String> values, boolean negated, boolean allowing) {
        if (key.startsWith(HEADERS) && key.endsWith("]")) {
            String header = key.substring(HEADERS.length(), key.length() - 1);
            to.header(key, header, values, negated, allowing);
        } else if (key.startsWith(CLAIMS) && key.endsWith("]")) {
            String inner = key.substring(CLAIMS.length(), key.length() - 1);
            to.claim(key, List.of(inner.split("\\]\\[", -1)), values, negated);
        } else if (key.startsWith(FILTERS) && key.endsWith("]") && key.indexOf('[') > FILTERS.length()) {
            // Metadata of a filter that does not run, which compares as absent.
            to.text(key, TextAttribute.absent(key), values, negated);
        } else {
            throw new IllegalArgumentException("when key \"" + key + "\" is not supported");
        }
    }
}

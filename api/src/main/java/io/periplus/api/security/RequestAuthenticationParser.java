package io.periplus.api.security;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.periplus.api.GoDurations;
import io.periplus.api.ObjectHead;
import io.periplus.api.security.RequestAuthentication.ClaimToHeader;
import io.periplus.api.security.RequestAuthentication.FromHeader;
import io.periplus.api.security.RequestAuthentication.JwtRule;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code RequestAuthentication} objects. Never throws: what is wrong is said in the result. */
public final class RequestAuthenticationParser {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(1);

    private RequestAuthenticationParser() {}

    /** Parses one object. */
    public static RequestAuthentication parse(GenericKubernetesResource object) {
        return parse(
                ObjectHead.of(object.getMetadata()),
                object.getAdditionalProperties().get("spec"));
    }

    /** Parses one object of which this is the {@code spec}: maps, lists and plain values. */
    public static RequestAuthentication parse(ObjectHead head, @Nullable Object body) {
        List<String> problems = new ArrayList<>();
        SpecReader spec = new SpecReader(body, "spec", problems);
        Attached attached = Attached.read(spec);
        List<JwtRule> rules = new ArrayList<>();
        for (SpecReader rule : spec.objects("jwtRules")) {
            rules.add(rule(rule));
        }
        spec.end();
        return new RequestAuthentication(
                head.key(),
                head.generation(),
                attached.selector(),
                attached.targetRefs(),
                List.copyOf(rules),
                List.copyOf(problems));
    }

    private static JwtRule rule(SpecReader outer) {
        List<String> problems = new ArrayList<>();
        SpecReader rule = outer.reportingTo(problems);
        String issuer = rule.textOrEmpty("issuer");
        if (issuer.isBlank()) {
            rule.problem("issuer", "is needed: tokens are told apart by it");
        }
        String older = rule.textOrEmpty("jwks_uri");
        String uri = rule.has("jwksUri") ? rule.textOrEmpty("jwksUri") : older;
        String jwks = rule.textOrEmpty("jwks");
        if (!uri.isEmpty() && !jwks.isEmpty()) {
            rule.problem("jwks", "set together with jwksUri; give the keys or their place, not both");
        }
        if (!uri.isEmpty() && !isHttp(uri)) {
            rule.problem("jwksUri", "\"" + uri + "\" is no http or https URL");
        }
        if (uri.isEmpty() && jwks.isEmpty() && !issuer.isBlank() && !isHttp(issuer)) {
            rule.problem("jwksUri", "is needed, or jwks: the issuer \"" + issuer + "\" is no URL to discover keys at");
        }
        List<FromHeader> fromHeaders = new ArrayList<>();
        for (SpecReader entry : rule.objects("fromHeaders")) {
            FromHeader header = new FromHeader(headerName(entry, "name"), entry.textOrEmpty("prefix"));
            entry.end();
            if (!header.name().isEmpty()) {
                fromHeaders.add(header);
            }
        }
        List<String> fromParams = rule.texts("fromParams");
        List<String> fromCookies = rule.texts("fromCookies");
        List<ClaimToHeader> outputs = outputs(rule);
        String payload = rule.has("outputPayloadToHeader") ? headerName(rule, "outputPayloadToHeader") : "";
        JwtRule read = new JwtRule(
                issuer,
                rule.texts("audiences"),
                uri,
                jwks,
                List.copyOf(fromHeaders),
                fromParams,
                fromCookies,
                payload,
                outputs,
                rule.flag("forwardOriginalToken"),
                timeout(rule),
                rule.texts("spaceDelimitedClaims"),
                problems);
        rule.end();
        return withProblems(read, List.copyOf(problems));
    }

    private static List<ClaimToHeader> outputs(SpecReader rule) {
        List<ClaimToHeader> outputs = new ArrayList<>();
        Set<String> headers = new HashSet<>();
        for (SpecReader entry : rule.objects("outputClaimToHeaders")) {
            String header = headerName(entry, "header");
            String claim = entry.textOrEmpty("claim");
            entry.end();
            if (claim.isEmpty()) {
                entry.problem("claim", "is needed");
            }
            if (!header.isEmpty() && !headers.add(header)) {
                entry.problem("header", "\"" + header + "\" is set twice; every claim needs a header of its own");
            } else if (!header.isEmpty()) {
                outputs.add(new ClaimToHeader(header, claim));
            }
        }
        return List.copyOf(outputs);
    }

    // Field names of HTTP (RFC 9110 §5.1), in lower case as they are compared.
    private static String headerName(SpecReader reader, String field) {
        String name = reader.textOrEmpty(field).toLowerCase(Locale.ROOT);
        if (!name.matches("[!#$%&'*+.^_`|~0-9a-z-]+")) {
            reader.problem(field, "\"" + name + "\" is no name of a header");
            return "";
        }
        return name;
    }

    private static Duration timeout(SpecReader rule) {
        String text = rule.textOrEmpty("timeout");
        if (text.isEmpty()) {
            return TIMEOUT;
        }
        Duration timeout = GoDurations.parse(text);
        if (timeout == null || timeout.isZero() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            rule.problem("timeout", "\"" + text + "\" is no duration up to 1m, such as 5s");
            return TIMEOUT;
        }
        return timeout;
    }

    private static boolean isHttp(String text) {
        URI uri = uri(text);
        return uri != null
                && uri.getHost() != null
                && ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()));
    }

    private static @Nullable URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static JwtRule withProblems(JwtRule rule, List<String> problems) {
        return new JwtRule(
                rule.issuer(),
                rule.audiences(),
                rule.jwksUri(),
                rule.jwks(),
                rule.fromHeaders(),
                rule.fromParams(),
                rule.fromCookies(),
                rule.outputPayload(),
                rule.outputClaims(),
                rule.forwardOriginalToken(),
                rule.timeout(),
                rule.spaceDelimited(),
                problems);
    }
}

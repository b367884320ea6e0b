package io.periplus.controlplane.mesh;

import com.google.protobuf.Duration;
import io.periplus.model.mesh.ProviderInput;
import io.periplus.wire.waypoint.ExtensionProvider;
import io.periplus.wire.waypoint.GrpcAuthorizer;
import io.periplus.wire.waypoint.HttpAuthorizer;
import io.periplus.wire.waypoint.RequestBodyInCheck;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One extension provider. One that is wrong is kept as such, so that what names it is denied and its status says why. */
final class ProviderReader {
    private static final int PORT_MAX = 65_535;
    private static final int STATUS_MIN = 200;
    private static final int STATUS_MAX = 599;

    /** What a proxy may hold in memory for every request that waits for an authorizer. */
    private static final long BODY_BYTES_MAX = 16 << 20;

    /** A name of a field (RFC 9110 §5.1). */
    private static final Pattern FIELD_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

    /** Kinds of providers that are for logs, metrics and traces. */
    private static final Set<String> TELEMETRY = Set.of(
            "prometheus",
            "envoyFileAccessLog",
            "envoyHttpAls",
            "envoyTcpAls",
            "envoyOtelAls",
            "opentelemetry",
            "zipkin",
            "datadog",
            "skywalking",
            "stackdriver",
            "lightstep",
            "opencensus",
            "sds");

    private ProviderReader() {}

    /** Null for a provider that is no authorizer. */
    static @Nullable ProviderInput read(String name, Section provider, List<String> findings) {
        try {
            if (provider.has("envoyExtAuthzGrpc")) {
                Section section = provider.section("envoyExtAuthzGrpc");
                ProviderInput input =
                        authorizer(name, section).with(message -> message.setGrpc(GrpcAuthorizer.getDefaultInstance()));
                MeshConfigReader.ignored(section, findings);
                return input;
            }
            if (provider.has("envoyExtAuthzHttp")) {
                Section section = provider.section("envoyExtAuthzHttp");
                HttpAuthorizer http = http(section);
                ProviderInput input = authorizer(name, section).with(message -> message.setHttp(http));
                MeshConfigReader.ignored(section, findings);
                return input;
            }
        } catch (MeshConfigException e) {
            findings.add(e.reason());
            return ProviderInput.unusable(name, e.reason());
        }
        String kind = String.join(", ", provider.unasked());
        if (provider.unasked().stream().anyMatch(TELEMETRY::contains)) {
            findings.add(provider.at(kind) + ": has no effect here");
            return null;
        }
        String why = "kind \"" + kind + "\" is not supported (expected: envoyExtAuthzGrpc or envoyExtAuthzHttp)";
        findings.add(provider.at("name") + ": " + name + ": " + why);
        return ProviderInput.unusable(name, why);
    }

    /** What the two kinds have in common. */
    private record Common(String service, ExtensionProvider.Builder message) {
        ProviderInput with(Consumer<ExtensionProvider.Builder> kind) {
            kind.accept(message);
            return new ProviderInput(service, message.build());
        }
    }

    private static Common authorizer(String name, Section section) throws MeshConfigException {
        String service = section.text("service");
        if (service == null || service.isEmpty()) {
            throw new MeshConfigException(section.at("service") + ": missing (expected: the host name of a service)");
        }
        ExtensionProvider.Builder message = ExtensionProvider.newBuilder()
                .setName(name)
                .setPort((int) within(section, "port", section.number("port"), 1, PORT_MAX))
                .setFailOpen(section.flag("failOpen"))
                .setClearRouteCache(section.flag("clearRouteCache"));
        Duration timeout = section.duration("timeout");
        if (timeout != null && timeout.getSeconds() == 0 && timeout.getNanos() == 0) {
            throw new MeshConfigException(section.at("timeout") + ": 0 (expected: more)");
        }
        if (timeout != null) {
            message.setTimeout(timeout);
        }
        Long status = section.number("statusOnError");
        if (status != null) {
            message.setStatusOnError((int) within(section, "statusOnError", status, STATUS_MIN, STATUS_MAX));
        }
        if (section.has("includeRequestBodyInCheck")) {
            message.setBody(body(section.section("includeRequestBodyInCheck")));
        }
        return new Common(service, message);
    }

    private static RequestBodyInCheck body(Section section) throws MeshConfigException {
        return RequestBodyInCheck.newBuilder()
                .setMaxRequestBytes(
                        (int) within(section, "maxRequestBytes", section.number("maxRequestBytes"), 1, BODY_BYTES_MAX))
                .setAllowPartialMessage(section.flag("allowPartialMessage"))
                .setPackAsBytes(section.flag("packAsBytes"))
                .build();
    }

    private static long within(Section section, String field, @Nullable Long value, long min, long max)
            throws MeshConfigException {
        if (value == null || value < min || value > max) {
            throw new MeshConfigException(section.at(field) + ": " + (value == null ? "missing" : value)
                    + " (expected: a number from " + min + " to " + max + ")");
        }
        return value;
    }

    private static HttpAuthorizer http(Section section) throws MeshConfigException {
        String prefix = section.text("pathPrefix");
        if (prefix != null && !prefix.isEmpty() && (!prefix.startsWith("/") || !isPath(prefix))) {
            throw new MeshConfigException(
                    section.at("pathPrefix") + ": " + prefix + " (expected: a path that begins with /)");
        }
        HttpAuthorizer.Builder http = HttpAuthorizer.newBuilder()
                .setPathPrefix(prefix == null ? "" : prefix)
                .addAllRequestHeaders(patterns(section, "includeRequestHeadersInCheck"))
                .addAllRequestHeaders(patterns(section, "includeHeadersInCheck"))
                .addAllToUpstreamOnAllow(patterns(section, "headersToUpstreamOnAllow"))
                .addAllToDownstreamOnAllow(patterns(section, "headersToDownstreamOnAllow"))
                .addAllToDownstreamOnDeny(patterns(section, "headersToDownstreamOnDeny"));
        String additional = "includeAdditionalHeadersInCheck";
        for (Map.Entry<String, String> field : section.textMap(additional).entrySet()) {
            if (!FIELD_NAME.matcher(field.getKey()).matches()) {
                throw new MeshConfigException(
                        section.at(additional) + ": \"" + field.getKey() + "\" is no name of a header field");
            }
            http.addAdditionalHeaders(HeaderTemplates.read(
                    section.at(additional + "." + field.getKey()), field.getKey(), field.getValue()));
        }
        return http.build();
    }

    private static boolean isPath(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '?' && c != '#');
    }

    private static List<String> patterns(Section section, String field) throws MeshConfigException {
        List<String> patterns = section.texts(field);
        for (String pattern : patterns) {
            String fixed = pattern.startsWith("*")
                    ? pattern.substring(1)
                    : pattern.endsWith("*") ? pattern.substring(0, pattern.length() - 1) : pattern;
            if (fixed.contains("*") || !FIELD_NAME.matcher(fixed).matches()) {
                throw new MeshConfigException(section.at(field) + ": \"" + pattern
                        + "\" (expected: the name of a header field, prefix* or *suffix)");
            }
        }
        return patterns;
    }
}

package io.periplus.cli.install;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.text.Yaml;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The files of {@code charts/}, which are part of this program. */
public final class Charts {
    static final List<String> GATEWAY_API = List.of(
            "backendtlspolicies",
            "gatewayclasses",
            "gateways",
            "grpcroutes",
            "httproutes",
            "listenersets",
            "referencegrants",
            "tcproutes",
            "tlsroutes");
    static final List<String> ISTIO = List.of(
            "authorizationpolicies",
            "destinationrules",
            "peerauthentications",
            "requestauthentications",
            "serviceentries",
            "telemetries",
            "workloadentries",
            "workloadgroups");
    static final List<String> PERIPLUS = List.of("ratelimitpolicies");

    private Charts() {}

    /** The definitions of the Gateway API's kinds. */
    public static List<JsonNode> gatewayApi() {
        return definitions("gateway-api", GATEWAY_API);
    }

    /** The definitions of Istio's kinds. */
    public static List<JsonNode> istio() {
        return definitions("istio", ISTIO);
    }

    /** The definitions of Periplus' own kinds. */
    public static List<JsonNode> periplus() {
        return definitions("periplus", PERIPLUS);
    }

    /** The objects of a template ({@code istiod}, {@code ztunnel}, {@code istio-cni}), filled in. */
    public static List<JsonNode> template(String name, Values values) {
        return Yaml.documents(Template.render(text("periplus/templates/" + name + ".yaml"), values));
    }

    static String text(String path) {
        String resource = "/io/periplus/charts/" + path;
        try (var in = Charts.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException(resource + " is missing from the build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<JsonNode> definitions(String directory, List<String> names) {
        List<JsonNode> definitions = new ArrayList<>();
        names.forEach(name -> definitions.addAll(Yaml.documents(text("crds/" + directory + "/" + name + ".yaml"))));
        return definitions;
    }
}

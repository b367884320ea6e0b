package io.periplus.controlplane.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The definitions that are installed know every field that is read: an API server drops the others. */
class RouteDefinitionsTest {
    private static final List<String> PARENTS = List.of(
            "spec.parentRefs.group",
            "spec.parentRefs.kind",
            "spec.parentRefs.namespace",
            "spec.parentRefs.name",
            "spec.parentRefs.sectionName",
            "spec.parentRefs.port",
            "status.parents.controllerName",
            "status.parents.parentRef.group",
            "status.parents.parentRef.kind",
            "status.parents.parentRef.namespace",
            "status.parents.parentRef.name",
            "status.parents.parentRef.sectionName",
            "status.parents.parentRef.port",
            "status.parents.conditions.observedGeneration",
            "status.parents.conditions.lastTransitionTime",
            "spec.rules.name",
            "spec.rules.backendRefs.group",
            "spec.rules.backendRefs.kind",
            "spec.rules.backendRefs.namespace",
            "spec.rules.backendRefs.name",
            "spec.rules.backendRefs.port",
            "spec.rules.backendRefs.weight");
    private static final List<String> FILTERS = List.of(
            "type",
            "requestHeaderModifier.set.name",
            "requestHeaderModifier.set.value",
            "requestHeaderModifier.add.value",
            "requestHeaderModifier.remove",
            "responseHeaderModifier.set.value",
            "responseHeaderModifier.add.value",
            "responseHeaderModifier.remove",
            "requestMirror.backendRef.group",
            "requestMirror.backendRef.kind",
            "requestMirror.backendRef.namespace",
            "requestMirror.backendRef.name",
            "requestMirror.backendRef.port",
            "requestMirror.percent",
            "requestMirror.fraction.numerator",
            "requestMirror.fraction.denominator",
            "extensionRef.group",
            "extensionRef.kind",
            "extensionRef.name");
    private static final List<String> HTTP_FILTERS = List.of(
            "requestRedirect.scheme",
            "requestRedirect.hostname",
            "requestRedirect.port",
            "requestRedirect.statusCode",
            "requestRedirect.path.type",
            "requestRedirect.path.replaceFullPath",
            "requestRedirect.path.replacePrefixMatch",
            "urlRewrite.hostname",
            "urlRewrite.path.type",
            "urlRewrite.path.replaceFullPath",
            "urlRewrite.path.replacePrefixMatch",
            "cors.allowOrigins",
            "cors.allowCredentials",
            "cors.allowMethods",
            "cors.allowHeaders",
            "cors.exposeHeaders",
            "cors.maxAge");
    private static final List<String> SESSIONS = List.of(
            "sessionName",
            "type",
            "absoluteTimeout",
            "idleTimeout",
            "cookieConfig.lifetimeType",
            "cookie.name",
            "cookie.path",
            "cookie.lifetimeType",
            "header.name");

    private final KubernetesSerialization yaml = new KubernetesSerialization();

    @Test
    void httpRoutes() throws IOException {
        assertKnown("httproutes", PARENTS);
        assertKnown("httproutes", under("spec.rules.filters", FILTERS));
        assertKnown("httproutes", under("spec.rules.filters", HTTP_FILTERS));
        assertKnown("httproutes", under("spec.rules.backendRefs.filters", FILTERS));
        assertKnown("httproutes", under("spec.rules.backendRefs.filters", HTTP_FILTERS));
        assertKnown("httproutes", under("spec.rules.sessionPersistence", SESSIONS));
        assertKnown(
                "httproutes",
                List.of(
                        "spec.hostnames",
                        "spec.rules.matches.path.type",
                        "spec.rules.matches.path.value",
                        "spec.rules.matches.method",
                        "spec.rules.matches.headers.type",
                        "spec.rules.matches.headers.name",
                        "spec.rules.matches.headers.value",
                        "spec.rules.matches.queryParams.type",
                        "spec.rules.matches.queryParams.name",
                        "spec.rules.matches.queryParams.value",
                        "spec.rules.timeouts.request",
                        "spec.rules.timeouts.backendRequest",
                        "spec.rules.retry.codes",
                        "spec.rules.retry.attempts",
                        "spec.rules.retry.backoff"));
    }

    @Test
    void grpcRoutes() throws IOException {
        assertKnown("grpcroutes", PARENTS);
        assertKnown("grpcroutes", under("spec.rules.filters", FILTERS));
        assertKnown("grpcroutes", under("spec.rules.backendRefs.filters", FILTERS));
        assertKnown("grpcroutes", under("spec.rules.sessionPersistence", SESSIONS));
        assertKnown(
                "grpcroutes",
                List.of(
                        "spec.hostnames",
                        "spec.rules.matches.method.type",
                        "spec.rules.matches.method.service",
                        "spec.rules.matches.method.method",
                        "spec.rules.matches.headers.type",
                        "spec.rules.matches.headers.name",
                        "spec.rules.matches.headers.value"));
    }

    @Test
    void tlsAndTcpRoutesAndGrants() throws IOException {
        assertKnown("tlsroutes", PARENTS);
        assertKnown("tlsroutes", List.of("spec.hostnames"));
        assertKnown("tcproutes", PARENTS);
        assertKnown(
                "referencegrants",
                List.of(
                        "spec.from.group",
                        "spec.from.kind",
                        "spec.from.namespace",
                        "spec.to.group",
                        "spec.to.kind",
                        "spec.to.name"));
    }

    private static List<String> under(String place, List<String> fields) {
        return fields.stream().map(field -> place + "." + field).toList();
    }

    private void assertKnown(String plural, List<String> fields) throws IOException {
        Path file = Path.of("..", "charts", "crds", "gateway-api", plural + ".yaml");
        Map<?, ?> definition = yaml.unmarshal(Files.readString(file), Map.class);
        List<Tree> versions = Tree.of(definition).at("spec").list("versions");
        assertThat(versions).anyMatch(version -> version.text("name").equals("v1") && version.flag("served"));
        for (Tree version : versions) {
            List<String> unknown = new ArrayList<>(fields);
            Tree schema = version.at("schema", "openAPIV3Schema");
            unknown.removeIf(field -> Definitions.knows(schema, field));
            assertThat(unknown)
                    .as("fields that %s %s lacks", plural, version.text("name"))
                    .isEmpty();
        }
    }
}

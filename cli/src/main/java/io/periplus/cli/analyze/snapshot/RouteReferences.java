package io.periplus.cli.analyze.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What routes refer to. */
public final class RouteReferences {
    /** The kinds of routes. */
    public static final Set<ObjectKind> KINDS =
            EnumSet.of(ObjectKind.HTTP_ROUTE, ObjectKind.GRPC_ROUTE, ObjectKind.TLS_ROUTE, ObjectKind.TCP_ROUTE);

    private static final String GATEWAY_API = "gateway.networking.k8s.io";

    private RouteReferences() {}

    /** The parents, Gateways where they say no kind. */
    public static List<Reference> parents(KubeObject route) {
        List<Reference> parents = new ArrayList<>();
        JsonNode refs = route.at("/spec/parentRefs");
        for (int i = 0; i < refs.size(); i++) {
            parents.add(Reference.of(refs.get(i), GATEWAY_API, "Gateway", route.namespace(), "/spec/parentRefs/" + i));
        }
        return parents;
    }

    /** The backends of rules and of their mirrors, Services where they say no kind. */
    public static List<Reference> backends(KubeObject route) {
        List<Reference> backends = new ArrayList<>();
        JsonNode rules = route.at("/spec/rules");
        for (int i = 0; i < rules.size(); i++) {
            String rule = "/spec/rules/" + i;
            JsonNode refs = rules.get(i).path("backendRefs");
            for (int j = 0; j < refs.size(); j++) {
                backends.add(Reference.of(refs.get(j), "", "Service", route.namespace(), rule + "/backendRefs/" + j));
            }
            JsonNode filters = rules.get(i).path("filters");
            for (int j = 0; j < filters.size(); j++) {
                JsonNode mirror = filters.get(j).at("/requestMirror/backendRef");
                if (mirror.isObject()) {
                    String at = rule + "/filters/" + j + "/requestMirror/backendRef";
                    backends.add(Reference.of(mirror, "", "Service", route.namespace(), at));
                }
            }
        }
        return backends;
    }
}

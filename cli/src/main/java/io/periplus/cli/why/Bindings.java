package io.periplus.cli.why;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.api.Labels;
import io.periplus.api.why.Target;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeException;
import io.periplus.cli.kube.Resource;
import io.periplus.cli.text.Json;
import org.jspecify.annotations.Nullable;

/** What the labels of Kubernetes objects say: who is captured, and which label binds what to a waypoint. */
final class Bindings {
    private static final Resource SERVICE_ENTRIES = new Resource("networking.istio.io", "v1", "serviceentries", true);
    private static final String SIDECAR = "sidecar.istio.io/status";

    private final KubeClient client;

    Bindings(KubeClient client) {
        this.client = client;
    }

    /** Why a pod is in the mesh, or is not: the label that decides. */
    String capture(JsonNode pod) throws KubeException {
        String own = Json.label(pod, Labels.DATAPLANE_MODE, "");
        String namespace = Json.text(pod, "/metadata/namespace", "");
        if (pod.at("/spec/hostNetwork").asBoolean()) {
            return "the pod uses its node's network, which is never captured";
        }
        if (!Json.text(pod, "/metadata/annotations/" + SIDECAR.replace("/", "~1"), "")
                .isEmpty()) {
            return "the pod has a sidecar of its own";
        }
        if (!own.isEmpty()) {
            return "label " + Labels.DATAPLANE_MODE + "=" + own + " of the pod";
        }
        JsonNode object = client.find(Resource.NAMESPACES, null, namespace);
        String inherited = object == null ? "" : Json.label(object, Labels.DATAPLANE_MODE, "");
        return inherited.isEmpty()
                ? "neither the pod nor Namespace " + namespace + " has the label " + Labels.DATAPLANE_MODE + "=ambient"
                : "label " + Labels.DATAPLANE_MODE + "=" + inherited + " of Namespace " + namespace;
    }

    /** The label that binds what was addressed to its waypoint, or keeps it off one; null if there is none. */
    @Nullable
    String waypoint(Target target) throws KubeException {
        int slash = target.name().indexOf('/');
        if (slash < 0) {
            return null;
        }
        String namespace = target.name().substring(0, slash);
        String name = target.name().substring(slash + 1);
        String own = switch (target.kind()) {
            case "service" -> ofService(namespace, name);
            case "workload" -> of("Pod", client.find(Resource.PODS, namespace, name));
            default -> null;
        };
        return own != null ? own : of("Namespace", client.find(Resource.NAMESPACES, null, namespace));
    }

    private @Nullable String ofService(String namespace, String hostname) throws KubeException {
        int dot = hostname.indexOf('.');
        JsonNode service = hostname.contains(".svc.") && dot > 0
                ? client.find(Resource.SERVICES, namespace, hostname.substring(0, dot))
                : null;
        if (service != null) {
            return of("Service", service);
        }
        for (JsonNode entry : serviceEntries(namespace)) {
            for (JsonNode host : entry.at("/spec/hosts")) {
                if (host.asText().equals(hostname)) {
                    return of("ServiceEntry", entry);
                }
            }
        }
        return null;
    }

    private Iterable<JsonNode> serviceEntries(String namespace) throws KubeException {
        try {
            return client.list(SERVICE_ENTRIES, namespace, null);
        } catch (KubeException e) {
            if (e.isNotFound()) {
                return java.util.List.of();
            }
            throw e;
        }
    }

    private static @Nullable String of(String kind, @Nullable JsonNode object) {
        String waypoint = object == null ? "" : Json.label(object, Labels.USE_WAYPOINT, "");
        if (object == null || waypoint.isEmpty()) {
            return null;
        }
        String elsewhere = Json.label(object, Labels.USE_WAYPOINT_NAMESPACE, "");
        return "label " + Labels.USE_WAYPOINT + "=" + waypoint
                + (elsewhere.isEmpty() ? "" : " and " + Labels.USE_WAYPOINT_NAMESPACE + "=" + elsewhere) + " of " + kind
                + " " + Json.text(object, "/metadata/name", "");
    }
}

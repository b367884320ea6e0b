package io.periplus.cli.experimental;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.api.Labels;
import io.periplus.cli.CliException;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeException;
import io.periplus.cli.kube.Pods;
import io.periplus.cli.kube.PortForward;
import io.periplus.cli.kube.Resource;
import io.periplus.cli.text.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks the proxies that stand before a pod, or are one, for their policies. */
final class PolicySources {
    private static final int ADMIN_PORT = 15000;

    private final KubeClient client;
    private final String systemNamespace;

    PolicySources(KubeClient client, String systemNamespace) {
        this.client = client;
        this.systemNamespace = systemNamespace;
    }

    List<PolicyRow> of(String argument, String namespace) throws IOException {
        JsonNode pod = new Pods(client).find(argument, namespace).first();
        boolean proxy = Json.label(pod, "app", "").equals("ztunnel")
                || !Json.label(pod, Labels.GATEWAY_NAME, "").isEmpty();
        return proxy ? PolicyRow.of(AuthzCheck.nameOf(pod), dump(pod)) : ofApplication(pod);
    }

    private List<PolicyRow> ofApplication(JsonNode pod) throws IOException {
        String node = Json.text(pod, "/spec/nodeName", "");
        JsonNode ztunnel = client.list(Resource.PODS, systemNamespace, "app=ztunnel").stream()
                .filter(candidate -> Json.text(candidate, "/spec/nodeName", "").equals(node))
                .findFirst()
                .orElseThrow(() -> new CliException(
                        "no ztunnel on node \"" + node + "\": pod " + AuthzCheck.nameOf(pod) + " is not in the mesh"));
        JsonNode dump = dump(ztunnel);
        JsonNode workload = workload(dump, pod);
        if (workload == null) {
            throw new CliException("the ztunnel of node \"" + node + "\" does not know pod " + AuthzCheck.nameOf(pod));
        }
        List<PolicyRow> rows = new ArrayList<>(applying(AuthzCheck.nameOf(ztunnel), dump, workload));
        for (String waypoint : waypoints(dump, workload)) {
            JsonNode proxy = podOf(waypoint);
            if (proxy != null) {
                JsonNode other = dump(proxy);
                JsonNode same = workload(other, pod);
                rows.addAll(applying(AuthzCheck.nameOf(proxy), other, same == null ? workload : same));
            }
        }
        return rows;
    }

    private static List<PolicyRow> applying(String proxy, JsonNode dump, JsonNode workload) {
        return PolicyRow.of(proxy, dump).stream()
                .filter(row -> row.holdsFor(workload))
                .toList();
    }

    private static @Nullable JsonNode workload(JsonNode dump, JsonNode pod) {
        String suffix =
                "//Pod/" + Json.text(pod, "/metadata/namespace", "") + "/" + Json.text(pod, "/metadata/name", "");
        for (JsonNode workload : dump.path("workloads")) {
            if (Json.text(workload, "/uid", "").endsWith(suffix)) {
                return workload;
            }
        }
        return null;
    }

    /** Destinations of the waypoints before the workload and its services, {@code <namespace>/<host name>}. */
    private static Set<String> waypoints(JsonNode dump, JsonNode workload) {
        Set<String> waypoints = new TreeSet<>();
        waypoints.add(Json.text(workload, "/waypoint/destination", ""));
        for (JsonNode service : dump.path("services")) {
            String key = Json.text(service, "/namespace", "") + "/" + Json.text(service, "/hostname", "");
            for (JsonNode own : workload.path("services")) {
                if (own.asText().equals(key)) {
                    waypoints.add(Json.text(service, "/waypoint/destination", ""));
                }
            }
        }
        waypoints.remove("");
        return waypoints;
    }

    /** A running pod of a waypoint that is named by its Service's host name. */
    private @Nullable JsonNode podOf(String destination) throws KubeException {
        String host = destination.substring(destination.indexOf('/') + 1);
        String[] labels = host.split("\\.");
        if (labels.length < 2) {
            return null;
        }
        JsonNode service = client.find(Resource.SERVICES, labels[1], labels[0]);
        if (service == null) {
            return null;
        }
        String selector = service.at("/spec/selector").properties().stream()
                .map(label -> label.getKey() + "=" + label.getValue().asText())
                .collect(Collectors.joining(","));
        return client.list(Resource.PODS, labels[1], selector).stream()
                .filter(pod -> Json.text(pod, "/status/phase", "").equals("Running"))
                .findFirst()
                .orElse(null);
    }

    private JsonNode dump(JsonNode pod) throws IOException {
        String namespace = Json.text(pod, "/metadata/namespace", "");
        String name = Json.text(pod, "/metadata/name", "");
        try (PortForward forward = client.forward(namespace, name, ADMIN_PORT)) {
            return Json.parse(forward.http("GET", "/config_dump"));
        }
    }
}

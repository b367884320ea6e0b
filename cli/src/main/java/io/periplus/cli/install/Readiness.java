package io.periplus.cli.install;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.CliException;
import io.periplus.cli.Poll;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeException;
import io.periplus.cli.kube.Resource;
import io.periplus.cli.text.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Whether Deployments and DaemonSets run, in their present form, on every node that they should. */
final class Readiness {
    private static final Duration INTERVAL = Duration.ofMillis(200);

    private final KubeClient client;
    private final String namespace;

    Readiness(KubeClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** @param deadline of {@link System#nanoTime} */
    void await(Resource resource, String name, long deadline) throws IOException {
        Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        if (!Poll.until(left, INTERVAL, () -> isReady(client.get(resource, namespace, name)))) {
            throw new CliException(name + " is not ready in time: " + reasons());
        }
    }

    private static boolean isReady(JsonNode workload) {
        int generation = workload.at("/metadata/generation").asInt();
        JsonNode status = workload.path("status");
        if (status.path("observedGeneration").asInt() < generation) {
            return false;
        }
        if (status.has("desiredNumberScheduled")) {
            int wanted = status.path("desiredNumberScheduled").asInt();
            return wanted > 0
                    && status.path("updatedNumberScheduled").asInt() >= wanted
                    && status.path("numberReady").asInt() >= wanted;
        }
        int wanted = workload.at("/spec/replicas").asInt(1);
        return status.path("updatedReplicas").asInt() >= wanted
                && status.path("readyReplicas").asInt() >= wanted;
    }

    private String reasons() throws KubeException {
        List<String> reasons = new ArrayList<>();
        for (JsonNode pod : client.list(Resource.PODS, namespace, null)) {
            for (JsonNode container : pod.at("/status/containerStatuses")) {
                if (!container.path("ready").asBoolean()) {
                    reasons.add("pod " + Json.text(pod, "/metadata/name", "") + " is "
                            + Json.text(container, "/state/waiting/reason", Json.text(pod, "/status/phase", "Pending"))
                            + detail(container));
                }
            }
        }
        return reasons.isEmpty()
                ? "no pod was made; see `kubectl get events -n " + namespace + "`"
                : String.join("; ", reasons) + " (see `kubectl logs` and `kubectl describe pod` in namespace "
                        + namespace + ")";
    }

    private static String detail(JsonNode container) {
        String message = Json.text(container, "/state/waiting/message", "");
        return message.isEmpty() ? "" : " (" + message + ")";
    }
}

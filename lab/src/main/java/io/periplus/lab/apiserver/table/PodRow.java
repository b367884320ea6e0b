package io.periplus.lab.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import java.util.List;

/** The row of a pod. Its status is worked out from the container states, as kubectl's users know it. */
final class PodRow {
    private PodRow() {}

    static List<Object> cells(ObjectNode pod) {
        JsonNode status = pod.path("status");
        int total = pod.path("spec").path("containers").size();
        int ready = 0;
        int restarts = 0;
        String lastRestart = "";
        for (JsonNode container : status.path("containerStatuses")) {
            boolean running = container.path("state").has("running");
            ready += running && container.path("ready").asBoolean() ? 1 : 0;
            restarts += container.path("restartCount").asInt();
            String finished = Json.text(container, "lastState", "terminated", "finishedAt");
            lastRestart = finished.compareTo(lastRestart) > 0 ? finished : lastRestart;
        }
        String restartCell = restarts == 0 || lastRestart.isEmpty()
                ? Integer.toString(restarts)
                : restarts + " (" + Ages.since(lastRestart) + " ago)";
        return List.of(
                Meta.name(pod),
                ready + "/" + total,
                reason(pod),
                restartCell,
                Rows.age(pod),
                Rows.orNone(Json.text(status, "podIP")),
                Rows.orNone(Json.text(pod, "spec", "nodeName")),
                Rows.orNone(Json.text(status, "nominatedNodeName")),
                Rows.NONE);
    }

    private static String reason(ObjectNode pod) {
        JsonNode status = pod.path("status");
        String reason = Json.text(status, "phase");
        String own = Json.text(status, "reason");
        if (!own.isEmpty()) {
            reason = own;
        }
        for (JsonNode condition : status.path("conditions")) {
            if (Json.text(condition, "type").equals("PodScheduled")
                    && Json.text(condition, "reason").equals("SchedulingGated")) {
                reason = "SchedulingGated";
            }
        }
        String initialising = initialising(pod);
        reason = initialising.isEmpty() ? containers(status, reason) : initialising;
        if (Meta.isTerminating(pod)) {
            return own.equals("NodeLost") ? "Unknown" : "Terminating";
        }
        return reason;
    }

    private static String initialising(ObjectNode pod) {
        JsonNode containers = pod.path("spec").path("initContainers");
        int index = 0;
        for (JsonNode container : pod.path("status").path("initContainerStatuses")) {
            JsonNode state = container.path("state");
            JsonNode ended = state.path("terminated");
            boolean sidecar = Json.text(containers.path(index), "restartPolicy").equals("Always")
                    && container.path("started").asBoolean();
            index++;
            if (sidecar || ended.isObject() && ended.path("exitCode").asInt() == 0) {
                continue;
            }
            if (ended.isObject()) {
                String why = Json.text(ended, "reason");
                return "Init:"
                        + (why.isEmpty() ? "ExitCode:" + ended.path("exitCode").asInt() : why);
            }
            String waiting = Json.text(state, "waiting", "reason");
            if (!waiting.isEmpty() && !waiting.equals("PodInitializing")) {
                return "Init:" + waiting;
            }
            return "Init:" + (index - 1) + "/" + containers.size();
        }
        return "";
    }

    private static String containers(JsonNode status, String phase) {
        String reason = phase;
        boolean running = false;
        JsonNode statuses = status.path("containerStatuses");
        for (int i = statuses.size() - 1; i >= 0; i--) {
            JsonNode state = statuses.get(i).path("state");
            String waiting = Json.text(state, "waiting", "reason");
            JsonNode ended = state.path("terminated");
            if (!waiting.isEmpty()) {
                reason = waiting;
            } else if (!Json.text(ended, "reason").isEmpty()) {
                reason = Json.text(ended, "reason");
            } else if (ended.isObject()) {
                int signal = ended.path("signal").asInt();
                reason = signal != 0
                        ? "Signal:" + signal
                        : "ExitCode:" + ended.path("exitCode").asInt();
            } else if (state.has("running") && statuses.get(i).path("ready").asBoolean()) {
                running = true;
            }
        }
        if (reason.equals("Completed") && running) {
            return Rows.condition(Json.object().set("status", status), "Ready").equals("True") ? "Running" : "NotReady";
        }
        return reason;
    }
}

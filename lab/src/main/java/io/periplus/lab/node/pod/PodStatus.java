package io.periplus.lab.node.pod;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.node.image.ImageReference;
import io.periplus.lab.store.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Predicate;

/** Writes {@code status} of a pod from what its worker knows. */
final class PodStatus {
    private PodStatus() {}

    /**
     * @param present the status as stored: conditions that did not change keep their time
     * @param sandbox whether the pod has its network
     */
    static ObjectNode render(
            JsonNode present,
            PodFacts facts,
            Instant startTime,
            boolean sandbox,
            List<ContainerRunner> inits,
            List<ContainerRunner> containers) {
        ObjectNode status = present.isObject() ? present.deepCopy() : Json.object();
        String phase = phase(inits, containers);
        boolean over = phase.equals("Succeeded") || phase.equals("Failed");
        status.put("phase", phase);
        status.put("startTime", time(startTime));
        status.put("hostIP", facts.hostIp());
        status.putArray("hostIPs").addObject().put("ip", facts.hostIp());
        if (sandbox || status.has("podIP")) {
            status.put("podIP", facts.podIp());
            status.putArray("podIPs").addObject().put("ip", facts.podIp());
        }
        status.put("qosClass", present.path("qosClass").asText("BestEffort"));

        boolean initialized = inits.stream().allMatch(ContainerRunner::isPassed);
        String notReady = unready(inits, containers);
        boolean ready = notReady.isEmpty() && initialized && !over;
        String why = over ? phase.equals("Succeeded") ? "PodCompleted" : "PodFailed" : "ContainersNotReady";
        Conditions conditions = new Conditions(status);
        conditions.set("PodReadyToStartContainers", sandbox && !over, "", "");
        conditions.set(
                "Initialized",
                initialized,
                "ContainersNotInitialized",
                initialized ? "" : "containers with incomplete status: " + unpassed(inits));
        conditions.set("Ready", ready && gates(facts.pod(), present), why, over ? "" : notReady);
        conditions.set("ContainersReady", ready, why, over ? "" : notReady);
        conditions.set("PodScheduled", true, "", "");

        if (!inits.isEmpty()) {
            ArrayNode array = status.putArray("initContainerStatuses");
            inits.forEach(runner -> container(array.addObject(), runner));
        }
        ArrayNode array = status.putArray("containerStatuses");
        containers.forEach(runner -> container(array.addObject(), runner));
        return status;
    }

    private static String phase(List<ContainerRunner> inits, List<ContainerRunner> containers) {
        if (inits.stream().anyMatch(ContainerRunner::isFailedForGood)) {
            return "Failed";
        }
        if (containers.stream().allMatch(ContainerRunner::isFinished)) {
            return containers.stream().anyMatch(ContainerRunner::isFailedForGood) ? "Failed" : "Succeeded";
        }
        Predicate<ContainerRunner> ran =
                runner -> !(runner.state instanceof ContainerState.Waiting) || runner.last != null;
        return containers.stream().anyMatch(ran) && inits.stream().allMatch(ContainerRunner::isPassed)
                ? "Running"
                : "Pending";
    }

    private static String unready(List<ContainerRunner> inits, List<ContainerRunner> containers) {
        List<String> names = java.util.stream.Stream.concat(
                        inits.stream().filter(runner -> runner.sidecar), containers.stream())
                .filter(runner -> !runner.ready)
                .map(runner -> runner.name)
                .toList();
        return names.isEmpty() ? "" : "containers with unready status: [" + String.join(" ", names) + "]";
    }

    private static String unpassed(List<ContainerRunner> inits) {
        return "["
                + String.join(
                        " ",
                        inits.stream()
                                .filter(runner -> !runner.isPassed())
                                .map(runner -> runner.name)
                                .toList())
                + "]";
    }

    private static boolean gates(JsonNode pod, JsonNode present) {
        for (JsonNode gate : Json.at(pod, "spec", "readinessGates")) {
            boolean open = false;
            for (JsonNode condition : present.path("conditions")) {
                open |= condition.path("type").equals(gate.path("conditionType"))
                        && condition.path("status").asText().equals("True");
            }
            if (!open) {
                return false;
            }
        }
        return true;
    }

    private static void container(ObjectNode out, ContainerRunner runner) {
        String image = runner.spec.path("image").asText();
        out.put("name", runner.name);
        state(out.putObject("state"), runner.state);
        ObjectNode last = out.putObject("lastState");
        if (runner.last != null) {
            state(last, runner.last);
        }
        out.put("ready", runner.init && !runner.sidecar ? runner.isPassed() : runner.ready);
        out.put("restartCount", runner.restarts);
        out.put("image", image);
        out.put(
                "imageID",
                runner.id.isEmpty() ? "" : ImageReference.parse(image).toString());
        out.put("containerID", runner.id);
        if (runner.id.isEmpty()) {
            out.remove("containerID");
        }
        out.put("started", runner.started);
    }

    private static void state(ObjectNode out, ContainerState state) {
        switch (state) {
            case ContainerState.Waiting(String reason, String message) -> {
                ObjectNode waiting = out.putObject("waiting").put("reason", reason);
                if (!message.isEmpty()) {
                    waiting.put("message", message);
                }
            }
            case ContainerState.Running(Instant since) ->
                out.putObject("running").put("startedAt", time(since));
            case ContainerState.Terminated ended -> {
                ObjectNode terminated = out.putObject("terminated")
                        .put("exitCode", ended.exitCode())
                        .put("reason", ended.reason())
                        .put("startedAt", time(ended.started()))
                        .put("finishedAt", time(ended.finished()))
                        .put("containerID", ended.id());
                if (!ended.message().isEmpty()) {
                    terminated.put("message", ended.message());
                }
            }
        }
    }

    static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** The conditions of a status. */
    private record Conditions(ObjectNode status) {
        void set(String type, boolean value, String reason, String message) {
            ArrayNode array = status.withArray("conditions");
            ObjectNode condition = Json.object()
                    .put("type", type)
                    .put("status", value ? "True" : "False")
                    .putNull("lastProbeTime")
                    .put("lastTransitionTime", time(Instant.now()));
            if (!value && !reason.isEmpty()) {
                condition.put("reason", reason);
            }
            if (!value && !message.isEmpty()) {
                condition.put("message", message);
            }
            for (int i = 0; i < array.size(); i++) {
                JsonNode old = array.get(i);
                if (old.path("type").asText().equals(type)) {
                    if (old.path("status").equals(condition.path("status"))) {
                        condition.set("lastTransitionTime", old.path("lastTransitionTime"));
                    }
                    array.set(i, condition);
                    return;
                }
            }
            array.add(condition);
        }
    }
}

package io.periplus.lab.store.admission;

import static io.periplus.lab.store.Json.defaultFlag;
import static io.periplus.lab.store.Json.defaultNumber;
import static io.periplus.lab.store.Json.defaultText;
import static io.periplus.lab.store.Json.ensureObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import java.util.List;

/** Defaults of a pod's spec, also inside templates. */
final class PodDefaults {
    private static final int MODE = 0644;

    private PodDefaults() {}

    static void apply(ObjectNode spec) {
        defaultText(spec, "restartPolicy", "Always");
        defaultText(spec, "dnsPolicy", "ClusterFirst");
        defaultText(spec, "schedulerName", "default-scheduler");
        defaultNumber(spec, "terminationGracePeriodSeconds", 30);
        ensureObject(spec, "securityContext");
        String account = Json.text(spec, "serviceAccountName");
        if (account.isEmpty()) {
            account = Json.text(spec, "serviceAccount");
        }
        if (!account.isEmpty()) {
            spec.put("serviceAccountName", account);
            spec.put("serviceAccount", account);
        }
        boolean hostNetwork = spec.path("hostNetwork").asBoolean();
        for (String list : List.of("initContainers", "containers")) {
            Json.objects(spec.path(list)).forEach(container -> container(container, hostNetwork));
        }
        Json.objects(spec.path("volumes")).forEach(PodDefaults::volume);
    }

    private static void container(ObjectNode container, boolean hostNetwork) {
        defaultText(container, "imagePullPolicy", pullPolicy(Json.text(container, "image")));
        defaultText(container, "terminationMessagePath", "/dev/termination-log");
        defaultText(container, "terminationMessagePolicy", "File");
        ObjectNode resources = ensureObject(container, "resources");
        if (resources.get("limits") instanceof ObjectNode limits) {
            ObjectNode requests = ensureObject(resources, "requests");
            limits.properties().forEach(limit -> {
                if (!requests.hasNonNull(limit.getKey())) {
                    requests.set(limit.getKey(), limit.getValue());
                }
            });
        }
        for (ObjectNode port : Json.objects(container.path("ports"))) {
            defaultText(port, "protocol", "TCP");
            if (hostNetwork && port.hasNonNull("containerPort")) {
                defaultNumber(port, "hostPort", port.path("containerPort").asLong());
            }
        }
        for (ObjectNode variable : Json.objects(container.path("env"))) {
            if (Json.objectAt(variable, "valueFrom", "fieldRef") instanceof ObjectNode field) {
                defaultText(field, "apiVersion", "v1");
            }
        }
        for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            if (container.get(probe) instanceof ObjectNode object) {
                probe(object);
            }
        }
        for (String hook : List.of("postStart", "preStop")) {
            if (Json.objectAt(container, "lifecycle", hook, "httpGet") instanceof ObjectNode get) {
                httpGet(get);
            }
        }
    }

    /** {@code Always} for an image without a fixed tag. */
    private static String pullPolicy(String image) {
        if (image.contains("@")) {
            return "IfNotPresent";
        }
        String last = image.substring(image.lastIndexOf('/') + 1);
        return !last.contains(":") || last.endsWith(":latest") ? "Always" : "IfNotPresent";
    }

    private static void probe(ObjectNode probe) {
        defaultNumber(probe, "timeoutSeconds", 1);
        defaultNumber(probe, "periodSeconds", 10);
        defaultNumber(probe, "successThreshold", 1);
        defaultNumber(probe, "failureThreshold", 3);
        if (probe.get("httpGet") instanceof ObjectNode get) {
            httpGet(get);
        }
        if (probe.get("grpc") instanceof ObjectNode grpc && !grpc.has("service")) {
            grpc.put("service", "");
        }
    }

    private static void httpGet(ObjectNode get) {
        defaultText(get, "path", "/");
        defaultText(get, "scheme", "HTTP");
    }

    private static void volume(ObjectNode volume) {
        for (String source : List.of("secret", "configMap", "downwardAPI", "projected")) {
            if (volume.get(source) instanceof ObjectNode object) {
                defaultNumber(object, "defaultMode", MODE);
                fields(object);
            }
        }
        for (ObjectNode source : Json.objects(volume.path("projected").path("sources"))) {
            if (source.get("serviceAccountToken") instanceof ObjectNode token) {
                defaultNumber(token, "expirationSeconds", 3600);
            }
            if (source.get("downwardAPI") instanceof ObjectNode downward) {
                fields(downward);
            }
        }
        if (volume.get("hostPath") instanceof ObjectNode host && !host.has("type")) {
            host.put("type", "");
        }
        if (volume.size() == 1) {
            volume.putObject("emptyDir");
        }
    }

    private static void fields(ObjectNode downward) {
        for (JsonNode item : downward.path("items")) {
            if (item.get("fieldRef") instanceof ObjectNode field) {
                defaultText(field, "apiVersion", "v1");
            }
        }
    }

    /** What only running pods have, not their templates. */
    static void running(ObjectNode spec) {
        defaultFlag(spec, "enableServiceLinks", true);
        defaultText(spec, "preemptionPolicy", "PreemptLowerPriority");
        defaultText(spec, "serviceAccountName", "default");
        spec.put("serviceAccount", Json.text(spec, "serviceAccountName"));
        defaultNumber(
                spec,
                "priority",
                switch (Json.text(spec, "priorityClassName")) {
                    case "system-node-critical" -> 2_000_001_000;
                    case "system-cluster-critical" -> 2_000_000_000;
                    default -> 0;
                });
    }
}

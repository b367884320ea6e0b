package io.periplus.policytest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.periplus.api.Labels;
import io.periplus.controlplane.kube.Manifests;
import io.periplus.model.AmbientIndex;
import io.periplus.model.MeshSettings;
import io.periplus.model.authn.FetchedKeys;
import io.periplus.model.authn.WantedKeys;
import io.periplus.policytest.Documents.Document;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The objects of the files as a cluster would have them: what a cluster adds to them is added here. Namespaces are in the mesh,
 * workloads have a pod, Services have an address, waypoints are ready.
 */
final class World {
    private static final Set<String> WORKLOADS = Set.of("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job");

    private final AmbientIndex index;
    private final Set<String> namespaces = new LinkedHashSet<>();
    private final List<ObjectNode> pods = new ArrayList<>();
    private int addresses;

    private World(String cluster) {
        index = new AmbientIndex(MeshSettings.defaults(cluster));
    }

    /**
     * The index of these objects, settled.
     *
     * @param jwks the keys that every issuer publishes
     */
    static AmbientIndex of(List<Document> objects, String jwks) {
        World world = new World("cluster");
        objects.stream().filter(object -> object.kind().equals("Namespace")).forEach(world::put);
        objects.stream().filter(object -> !object.kind().equals("Namespace")).forEach(world::add);
        objects.stream().filter(object -> object.kind().equals("Service")).forEach(world::service);
        world.pods.forEach(pod -> world.put(new Document("pod", pod)));
        world.index.graph().settle();
        world.index.wantedKeys.entries().keySet().stream()
                .map(WantedKeys.Key::source)
                .distinct()
                .forEach(source -> world.index.watched.fetchedKeys.put(source, new FetchedKeys(jwks, "")));
        world.index.graph().settle();
        return world.index;
    }

    private void add(Document object) {
        String namespace = object.text("/metadata/namespace");
        if (namespace.isEmpty()) {
            if (!object.kind().equals("GatewayClass")) {
                throw object.wrong(object.kind() + " " + object.text("/metadata/name") + " has no metadata.namespace");
            }
            put(object);
            return;
        }
        if (namespaces.add(namespace) && index.watched.namespaces.get(namespace) == null) {
            put(new Document("namespace", object("Namespace", "", namespace)));
        }
        switch (object.kind()) {
            case "Service" -> {}
            case "Pod" -> pods.add(running(object.content().deepCopy()));
            case "Gateway" -> gateway(object);
            default -> {
                if (WORKLOADS.contains(object.kind())) {
                    workload(object, namespace);
                } else {
                    put(object);
                }
            }
        }
    }

    private void workload(Document object, String namespace) {
        ObjectNode pod = object("Pod", namespace, object.text("/metadata/name") + "-0");
        JsonNode template = object.content().at("/spec/template");
        if (template.at("/metadata/labels") instanceof ObjectNode labels) {
            ((ObjectNode) pod.path("metadata")).set("labels", labels.deepCopy());
        }
        if (template.path("spec") instanceof ObjectNode spec) {
            pod.set("spec", spec.deepCopy());
        }
        pods.add(running(pod));
    }

    private ObjectNode running(ObjectNode pod) {
        ObjectNode metadata = pod.withObject("/metadata");
        if (!metadata.has("uid")) {
            metadata.put("uid", "pod-" + pods.size());
        }
        if (!metadata.path("annotations").has(Labels.REDIRECTION)) {
            metadata.withObject("/annotations").put(Labels.REDIRECTION, "enabled");
        }
        ObjectNode status = pod.withObject("/status");
        status.put("phase", "Running");
        String address = "10.244." + (addresses >> 8) + "." + (addresses & 0xff);
        addresses++;
        status.put("podIP", address);
        status.putArray("podIPs").addObject().put("ip", address);
        status.putArray("conditions").addObject().put("type", "Ready").put("status", "True");
        ObjectNode spec = pod.withObject("/spec");
        if (!spec.has("nodeName")) {
            spec.put("nodeName", "node");
        }
        return pod;
    }

    /** A Service that selects nothing in the files gets a pod that it selects. */
    private void service(Document object) {
        ObjectNode service = object.content().deepCopy();
        ObjectNode spec = service.withObject("/spec");
        if (!spec.hasNonNull("clusterIP") && !spec.path("type").asText().equals("ExternalName")) {
            String address = "10.96." + (addresses >> 8) + "." + (addresses & 0xff);
            addresses++;
            spec.put("clusterIP", address);
            spec.putArray("clusterIPs").add(address);
        }
        put(new Document(object.where(), service));
        String namespace = object.text("/metadata/namespace");
        JsonNode selector = spec.path("selector");
        boolean selects = pods.stream()
                .anyMatch(pod -> pod.at("/metadata/namespace").asText().equals(namespace)
                        && selects(selector, pod.at("/metadata/labels")));
        if (selector instanceof ObjectNode wanted && !wanted.isEmpty() && !selects) {
            ObjectNode pod = object("Pod", namespace, object.text("/metadata/name") + "-0");
            ((ObjectNode) pod.path("metadata")).set("labels", wanted.deepCopy());
            ports(spec, pod.withObject("/spec"));
            pods.add(running(pod));
        }
    }

    private static boolean selects(JsonNode selector, JsonNode labels) {
        return !selector.isEmpty()
                && selector.properties().stream()
                        .allMatch(wanted -> wanted.getValue().equals(labels.path(wanted.getKey())));
    }

    /** Ports that the Service knows by name have the Service's own numbers. */
    private static void ports(ObjectNode service, ObjectNode pod) {
        var ports = pod.putArray("containers").addObject().put("name", "app").putArray("ports");
        for (JsonNode port : service.path("ports")) {
            if (port.path("targetPort").isTextual()) {
                ports.addObject()
                        .put("name", port.path("targetPort").asText())
                        .put("containerPort", port.path("port").asInt());
            }
        }
    }

    private void gateway(Document object) {
        ObjectNode gateway = object.content().deepCopy();
        String host = object.text("/metadata/name") + "." + object.text("/metadata/namespace") + ".svc.cluster.local";
        gateway.withObject("/status")
                .putArray("addresses")
                .addObject()
                .put("type", "Hostname")
                .put("value", host);
        put(new Document(object.where(), gateway));
    }

    private static ObjectNode object(String kind, String namespace, String name) {
        ObjectNode object =
                Documents.JSON.createObjectNode().put("apiVersion", "v1").put("kind", kind);
        ObjectNode metadata = object.putObject("metadata").put("name", name);
        if (!namespace.isEmpty()) {
            metadata.put("namespace", namespace);
        }
        return object;
    }

    private void put(Document object) {
        try {
            Manifests.put(index, Documents.JSON.convertValue(object.content(), GenericKubernetesResource.class));
        } catch (RuntimeException e) {
            throw object.wrong(object.kind() + " " + object.text("/metadata/name") + ": " + e.getMessage());
        }
    }
}

package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.ENDPOINT_SLICE;
import static io.periplus.lab.store.ResourceType.NODE;
import static io.periplus.lab.store.ResourceType.POD;
import static io.periplus.lab.store.ResourceType.SERVICE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lists the pods behind each Service that has a selector, in EndpointSlices of at most {@value #SLICE_SIZE}. */
final class EndpointSliceController implements Controller<Key> {
    static final String SERVICE_NAME = "kubernetes.io/service-name";
    static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
    static final String MANAGER = "endpointslice-controller.k8s.io";
    private static final String HEADLESS = "service.kubernetes.io/headless";
    private static final int SLICE_SIZE = 100;

    private final ObjectStore store;

    EndpointSliceController(ObjectStore store) {
        this.store = store;
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.on(SERVICE, service -> List.of(Key.of(service)));
        watches.on(POD, pod -> servicesNear(store, pod));
        watches.on(
                ENDPOINT_SLICE,
                slice -> managed(slice) ? List.of(new Key(Meta.namespace(slice), serviceOf(slice))) : List.of());
    }

    /** A pod's labels may have changed, so every Service of its namespace that selects pods is concerned. */
    static List<Key> servicesNear(ObjectStore store, ObjectNode pod) {
        return store.list(SERVICE, Meta.namespace(pod)).stream()
                .filter(EndpointSliceController::selects)
                .map(Key::of)
                .toList();
    }

    static boolean selects(JsonNode service) {
        return !service.path("spec").path("selector").isEmpty()
                && !service.path("spec").path("type").asText().equals("ExternalName");
    }

    /** Pods that have an address and belong to the Service, in a stable order. */
    static List<ObjectNode> pods(ObjectStore store, ObjectNode service) {
        Selector selector = Selector.ofLabels(service.path("spec").path("selector"));
        return store.list(POD, Meta.namespace(service)).stream()
                .filter(pod -> selector.matches(pod)
                        && !Pods.finished(pod)
                        && pod.path("status").hasNonNull("podIP"))
                .sorted(Comparator.comparing(Meta::name))
                .toList();
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        ObjectNode service = store.get(SERVICE, key.namespace(), key.name());
        if (service != null && (Meta.deleting(service) || !selects(service))) {
            // Slices of a Service without a selector are somebody else's work.
            return null;
        }
        List<ObjectNode> present = new ArrayList<>(store.list(ENDPOINT_SLICE, key.namespace()).stream()
                .filter(s -> managed(s) && serviceOf(s).equals(key.name()) && !Meta.deleting(s))
                .toList());
        var others = new ArrayList<ObjectNode>();
        for (ObjectNode slice : service == null ? List.<ObjectNode>of() : slices(service)) {
            ObjectNode same = present.stream()
                    .filter(p -> Canonical.text(p.path("ports")).equals(Canonical.text(slice.path("ports"))))
                    .findFirst()
                    .orElse(null);
            if (same == null) {
                others.add(slice);
            } else {
                present.remove(same);
                replace(same, slice);
            }
        }
        for (ObjectNode slice : others) {
            if (present.isEmpty()) {
                slice.withObject("/metadata").put("generateName", key.name() + "-");
                store.create(ENDPOINT_SLICE, slice);
            } else {
                replace(present.removeFirst(), slice);
            }
        }
        present.forEach(s -> store.delete(ENDPOINT_SLICE, Meta.namespace(s), Meta.name(s), null, Meta.uid(s)));
        return null;
    }

    private void replace(ObjectNode present, ObjectNode wanted) {
        store.update(ENDPOINT_SLICE, Meta.namespace(present), Meta.name(present), copy -> {
            JsonNode labels = wanted.path("metadata").path("labels");
            if (!Canonical.text(labels)
                    .equals(Canonical.text(copy.path("metadata").path("labels")))) {
                copy.withObject("/metadata").set("labels", labels);
            }
            for (String field : new String[] {"endpoints", "ports"}) {
                if (!Canonical.text(wanted.path(field)).equals(Canonical.text(copy.path(field)))) {
                    copy.set(field, wanted.get(field));
                }
            }
            return copy;
        });
    }

    /** Pods grouped by the ports they have; one slice without endpoints if there are no pods. */
    private List<ObjectNode> slices(ObjectNode service) {
        var groups = new LinkedHashMap<List<ServicePorts.Port>, List<ObjectNode>>();
        for (ObjectNode pod : pods(store, service)) {
            groups.computeIfAbsent(ServicePorts.of(service, pod), p -> new ArrayList<>())
                    .add(pod);
        }
        if (groups.isEmpty()) {
            groups.put(List.of(), List.of());
        }
        var slices = new ArrayList<ObjectNode>();
        for (Map.Entry<List<ServicePorts.Port>, List<ObjectNode>> group : groups.entrySet()) {
            List<ObjectNode> pods = group.getValue();
            int from = 0;
            do {
                int to = Math.min(pods.size(), from + SLICE_SIZE);
                slices.add(slice(service, group.getKey(), pods.subList(from, to)));
                from = to;
            } while (from < pods.size());
        }
        return slices;
    }

    private ObjectNode slice(ObjectNode service, List<ServicePorts.Port> ports, List<ObjectNode> pods) {
        ObjectNode slice = Meta.object();
        slice.put("apiVersion", ENDPOINT_SLICE.apiVersion()).put("kind", ENDPOINT_SLICE.kind());
        ObjectNode labels = slice.withObject("/metadata")
                .put("namespace", Meta.namespace(service))
                .withObject("/labels");
        Meta.labels(service).forEach(labels::put);
        labels.put(SERVICE_NAME, Meta.name(service)).put(MANAGED_BY, MANAGER);
        if (service.path("spec").path("clusterIP").asText().equals("None")) {
            labels.put(HEADLESS, "");
        }
        OwnerReference.controller(SERVICE, service).addTo(slice);
        slice.put("addressType", "IPv4");
        ArrayNode endpoints = slice.putArray("endpoints");
        pods.forEach(pod -> endpoints.add(endpoint(service, pod)));
        slice.set("ports", ports(ports));
        return slice;
    }

    private ObjectNode endpoint(ObjectNode service, ObjectNode pod) {
        boolean serving = Pods.ready(pod);
        boolean terminating = Meta.deleting(pod);
        boolean always = service.path("spec").path("publishNotReadyAddresses").asBoolean();
        ObjectNode endpoint = Meta.object();
        endpoint.putArray("addresses").add(pod.path("status").path("podIP").asText());
        endpoint.putObject("conditions")
                .put("ready", always || serving && !terminating)
                .put("serving", serving)
                .put("terminating", terminating);
        if (pod.path("spec").path("subdomain").asText().equals(Meta.name(service))
                && pod.path("spec").hasNonNull("hostname")) {
            endpoint.set("hostname", pod.path("spec").get("hostname"));
        }
        String nodeName = Meta.text(pod.path("spec").path("nodeName"));
        if (nodeName != null) {
            endpoint.put("nodeName", nodeName);
            ObjectNode node = store.get(NODE, null, nodeName);
            String zone = node == null ? null : Meta.labels(node).get("topology.kubernetes.io/zone");
            if (zone != null) {
                endpoint.put("zone", zone);
            }
        }
        endpoint.set("targetRef", targetRef(pod));
        return endpoint;
    }

    static ObjectNode targetRef(ObjectNode pod) {
        return Meta.object()
                .put("kind", "Pod")
                .put("namespace", Meta.namespace(pod))
                .put("name", Meta.name(pod))
                .put("uid", Meta.uid(pod));
    }

    private static ArrayNode ports(List<ServicePorts.Port> ports) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (ServicePorts.Port port : ports) {
            ObjectNode node = array.addObject();
            node.put("name", port.name()).put("protocol", port.protocol());
            if (port.port() != null) {
                node.put("port", port.port());
            }
            if (port.appProtocol() != null) {
                node.put("appProtocol", port.appProtocol());
            }
        }
        return array;
    }

    private static boolean managed(JsonNode slice) {
        return MANAGER.equals(Meta.labels(slice).get(MANAGED_BY));
    }

    private static String serviceOf(JsonNode slice) {
        return Meta.labels(slice).getOrDefault(SERVICE_NAME, "");
    }
}

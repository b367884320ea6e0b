package io.periplus.lab.controllers;

import static io.periplus.lab.controllers.Types.ENDPOINTS;
import static io.periplus.lab.store.ResourceType.POD;
import static io.periplus.lab.store.ResourceType.SERVICE;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The older form of what {@link EndpointSliceController} writes: one {@code Endpoints} object for each Service. */
final class EndpointsController implements Controller<Key> {
    private final ObjectStore store;

    EndpointsController(ObjectStore store) {
        this.store = store;
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.on(SERVICE, service -> List.of(Key.of(service)));
        watches.on(POD, pod -> EndpointSliceController.servicesNear(store, pod));
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        ObjectNode service = store.get(SERVICE, key.namespace(), key.name());
        ObjectNode present = store.get(ENDPOINTS, key.namespace(), key.name());
        if (service == null || Meta.deleting(service)) {
            if (present != null && !Meta.deleting(present)) {
                store.delete(ENDPOINTS, key.namespace(), key.name(), null, Meta.uid(present));
            }
            return null;
        }
        if (!EndpointSliceController.selects(service)) {
            return null;
        }
        ArrayNode subsets = subsets(service);
        if (present == null) {
            ObjectNode created = Meta.object(ENDPOINTS, key.namespace(), key.name());
            created.withObject("/metadata").set("labels", labels(service));
            created.set("subsets", subsets);
            store.create(ENDPOINTS, created);
        } else {
            store.update(ENDPOINTS, key.namespace(), key.name(), copy -> {
                if (!Canonical.text(copy.path("subsets")).equals(Canonical.text(subsets))) {
                    copy.set("subsets", subsets);
                }
                return copy;
            });
        }
        return null;
    }

    private static ObjectNode labels(ObjectNode service) {
        ObjectNode labels = Meta.strings(Meta.labels(service));
        labels.put("endpoints.kubernetes.io/managed-by", "endpoint-controller");
        return labels;
    }

    private ArrayNode subsets(ObjectNode service) {
        var groups = new LinkedHashMap<List<ServicePorts.Port>, List<ObjectNode>>();
        for (ObjectNode pod : EndpointSliceController.pods(store, service)) {
            if (!Meta.deleting(pod)) {
                groups.computeIfAbsent(ServicePorts.of(service, pod), p -> new ArrayList<>())
                        .add(pod);
            }
        }
        boolean always = service.path("spec").path("publishNotReadyAddresses").asBoolean();
        ArrayNode subsets = JsonNodeFactory.instance.arrayNode();
        groups.forEach((ports, pods) -> {
            ObjectNode subset = subsets.addObject();
            for (ObjectNode pod : pods) {
                String field = always || Pods.ready(pod) ? "addresses" : "notReadyAddresses";
                ObjectNode address = subset.withArray(field).addObject();
                address.put("ip", pod.path("status").path("podIP").asText());
                address.put("nodeName", pod.path("spec").path("nodeName").asText());
                address.set("targetRef", EndpointSliceController.targetRef(pod));
            }
            for (ServicePorts.Port port : ports) {
                ObjectNode node = subset.withArray("ports").addObject();
                if (!port.name().isEmpty()) {
                    node.put("name", port.name());
                }
                node.put("port", port.port()).put("protocol", port.protocol());
                if (port.appProtocol() != null) {
                    node.put("appProtocol", port.appProtocol());
                }
            }
        });
        return subsets;
    }
}

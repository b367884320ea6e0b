package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.ENDPOINT_SLICE;
import static io.periplus.lab.store.ResourceType.NAMESPACE;
import static io.periplus.lab.store.ResourceType.SERVICE;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.controllers.ClusterControllers.Settings;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What every cluster has from the start and gets again when somebody deletes it: the four namespaces, the Service
 * {@code kubernetes} with the API server behind it, and the Service {@code kube-dns}.
 */
final class SystemObjects implements Controller<Key> {
    private static final List<String> NAMESPACES = List.of("default", "kube-node-lease", "kube-public", "kube-system");
    private static final Key KUBERNETES = new Key("default", "kubernetes");
    private static final Key DNS = new Key("kube-system", "kube-dns");

    private final ObjectStore store;
    private final Settings settings;

    SystemObjects(ObjectStore store, Settings settings) {
        this.store = store;
        this.settings = settings;
    }

    /** Makes what is missing, before anything else of the cluster starts. */
    void ensure() {
        NAMESPACES.forEach(name -> reconcile(new Key(null, name)));
        reconcile(KUBERNETES);
        reconcile(DNS);
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.on(NAMESPACE, namespace -> List.of(Key.of(namespace)));
        watches.on(SERVICE, service -> List.of(Key.of(service)));
        watches.on(ENDPOINT_SLICE, slice -> List.of(Key.of(slice)));
        watches.on(Types.ENDPOINTS, endpoints -> List.of(Key.of(endpoints)));
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        if (key.namespace() == null) {
            if (NAMESPACES.contains(key.name())) {
                createIfMissing(NAMESPACE, Meta.object(NAMESPACE, null, key.name()));
            }
        } else if (key.equals(KUBERNETES)) {
            createIfMissing(SERVICE, kubernetesService());
            createOrReplace(ENDPOINT_SLICE, kubernetesSlice());
            createOrReplace(Types.ENDPOINTS, kubernetesEndpoints());
        } else if (key.equals(DNS)) {
            createIfMissing(SERVICE, dnsService());
        }
        return null;
    }

    private ObjectNode kubernetesService() {
        ObjectNode service = Meta.object(SERVICE, KUBERNETES.namespace(), KUBERNETES.name());
        service.withObject("/metadata/labels").put("component", "apiserver").put("provider", "kubernetes");
        ObjectNode spec = service.putObject("spec");
        spec.put("type", "ClusterIP").put("clusterIP", settings.kubernetesAddress());
        spec.putArray("clusterIPs").add(settings.kubernetesAddress());
        spec.putArray("ports")
                .addObject()
                .put("name", "https")
                .put("port", 443)
                .put("protocol", "TCP")
                .put("targetPort", settings.apiServerPort());
        return service;
    }

    private ObjectNode kubernetesSlice() {
        ObjectNode slice = Meta.object(ENDPOINT_SLICE, KUBERNETES.namespace(), KUBERNETES.name());
        slice.withObject("/metadata/labels").put(EndpointSliceController.SERVICE_NAME, KUBERNETES.name());
        slice.put("addressType", "IPv4");
        ObjectNode endpoint = slice.putArray("endpoints").addObject();
        endpoint.putArray("addresses").add(settings.apiServerAddress());
        endpoint.putObject("conditions").put("ready", true);
        slice.putArray("ports")
                .addObject()
                .put("name", "https")
                .put("port", settings.apiServerPort())
                .put("protocol", "TCP");
        return slice;
    }

    private ObjectNode kubernetesEndpoints() {
        ObjectNode endpoints = Meta.object(Types.ENDPOINTS, KUBERNETES.namespace(), KUBERNETES.name());
        endpoints.withObject("/metadata/labels").put("endpointslice.kubernetes.io/skip-mirror", "true");
        ObjectNode subset = endpoints.putArray("subsets").addObject();
        subset.putArray("addresses").addObject().put("ip", settings.apiServerAddress());
        subset.putArray("ports")
                .addObject()
                .put("name", "https")
                .put("port", settings.apiServerPort())
                .put("protocol", "TCP");
        return endpoints;
    }

    /** Without a selector: the nodes themselves answer at this address. */
    private ObjectNode dnsService() {
        ObjectNode service = Meta.object(SERVICE, DNS.namespace(), DNS.name());
        service.withObject("/metadata/labels")
                .put("k8s-app", "kube-dns")
                .put("kubernetes.io/cluster-service", "true")
                .put("kubernetes.io/name", "CoreDNS");
        ObjectNode spec = service.putObject("spec");
        spec.put("type", "ClusterIP").put("clusterIP", settings.dnsAddress());
        spec.putArray("clusterIPs").add(settings.dnsAddress());
        var ports = spec.putArray("ports");
        ports.addObject()
                .put("name", "dns")
                .put("port", 53)
                .put("protocol", "UDP")
                .put("targetPort", 53);
        ports.addObject()
                .put("name", "dns-tcp")
                .put("port", 53)
                .put("protocol", "TCP")
                .put("targetPort", 53);
        return service;
    }

    private void createIfMissing(ResourceType type, ObjectNode wanted) {
        if (store.get(type, Meta.namespace(wanted), Meta.name(wanted)) == null) {
            store.create(type, wanted);
        }
    }

    private void createOrReplace(ResourceType type, ObjectNode wanted) {
        ObjectNode present = store.get(type, Meta.namespace(wanted), Meta.name(wanted));
        if (present == null) {
            store.create(type, wanted);
            return;
        }
        UnaryOperator<ObjectNode> change = copy -> {
            wanted.properties().forEach(e -> {
                if (!e.getKey().equals("metadata")
                        && !Canonical.text(e.getValue()).equals(Canonical.text(copy.path(e.getKey())))) {
                    copy.set(e.getKey(), e.getValue());
                }
            });
            return copy;
        };
        store.update(type, Meta.namespace(wanted), Meta.name(wanted), change);
    }
}

package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.CONFIG_MAP;
import static io.periplus.lab.store.ResourceType.NAMESPACE;
import static io.periplus.lab.store.ResourceType.SERVICE_ACCOUNT;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives every namespace the objects that pods in it rely on: the ServiceAccount {@code default} and the cluster's root certificate. */
final class NamespaceController implements Controller<Key> {
    static final String DEFAULT_ACCOUNT = "default";
    static final String ROOT_CA = "kube-root-ca.crt";

    private final ObjectStore store;
    private final String rootCertificatePem;

    NamespaceController(ObjectStore store, String rootCertificatePem) {
        this.store = store;
        this.rootCertificatePem = rootCertificatePem;
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.on(NAMESPACE, namespace -> List.of(Key.of(namespace)));
        watches.on(SERVICE_ACCOUNT, account -> namespaceOf(account, DEFAULT_ACCOUNT));
        watches.on(CONFIG_MAP, map -> namespaceOf(map, ROOT_CA));
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        String name = key.name();
        ObjectNode namespace = store.get(NAMESPACE, null, name);
        if (namespace == null || Meta.deleting(namespace)) {
            return null;
        }
        createIfMissing(SERVICE_ACCOUNT, Meta.object(SERVICE_ACCOUNT, name, DEFAULT_ACCOUNT));
        ObjectNode rootCa = Meta.object(CONFIG_MAP, name, ROOT_CA);
        rootCa.withObject("/metadata/annotations")
                .put("kubernetes.io/description", "The certificate that vouches for the API server of this cluster.");
        rootCa.putObject("data").put("ca.crt", rootCertificatePem);
        ObjectNode present = createIfMissing(CONFIG_MAP, rootCa);
        if (!rootCa.path("data").equals(present.path("data"))) {
            store.update(CONFIG_MAP, name, ROOT_CA, copy -> copy.set("data", rootCa.path("data")));
        }
        return null;
    }

    private ObjectNode createIfMissing(ResourceType type, ObjectNode wanted) {
        ObjectNode present = store.get(type, Meta.namespace(wanted), Meta.name(wanted));
        if (present != null) {
            return present;
        }
        try {
            return store.create(type, wanted);
        } catch (ApiException e) {
            // The namespace began to terminate meanwhile: nothing is owed to it any more.
            if (e.code() == 403) {
                return wanted;
            }
            throw e;
        }
    }

    private static List<Key> namespaceOf(ObjectNode object, String name) {
        String namespace = Meta.namespace(object);
        return namespace != null && Meta.name(object).equals(name) ? List.of(new Key(null, namespace)) : List.of();
    }
}

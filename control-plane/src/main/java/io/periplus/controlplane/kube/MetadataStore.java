package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What an informer has to remember of each object to know whether it changed: its name and version, nothing more. */
final class MetadataStore implements ItemStore<GenericKubernetesResource> {
    private final Map<String, GenericKubernetesResource> items = new ConcurrentHashMap<>();

    @Override
    public String getKey(GenericKubernetesResource item) {
        return Inputs.key(item).toString();
    }

    @Override
    public @Nullable GenericKubernetesResource put(String key, GenericKubernetesResource item) {
        ObjectMeta meta = new ObjectMeta();
        meta.setNamespace(item.getMetadata().getNamespace());
        meta.setName(item.getMetadata().getName());
        meta.setUid(item.getMetadata().getUid());
        meta.setResourceVersion(item.getMetadata().getResourceVersion());
        GenericKubernetesResource kept = new GenericKubernetesResource();
        kept.setApiVersion(item.getApiVersion());
        kept.setKind(item.getKind());
        kept.setMetadata(meta);
        return items.put(key, kept);
    }

    @Override
    public @Nullable GenericKubernetesResource remove(String key) {
        return items.remove(key);
    }

    @Override
    public Stream<String> keySet() {
        return items.keySet().stream();
    }

    @Override
    public Stream<GenericKubernetesResource> values() {
        return items.values().stream();
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public @Nullable GenericKubernetesResource get(String key) {
        return items.get(key);
    }

    @Override
    public boolean isFullState() {
        return false;
    }
}

package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What an informer has to remember of each object to know whether it changed: its name and version, nothing more. */
final class MetadataStore<T extends HasMetadata> implements ItemStore<T> {
    private final Map<String, T> items = new ConcurrentHashMap<>();
    private final Supplier<T> empty;

    MetadataStore(Supplier<T> empty) {
        this.empty = empty;
    }

    @Override
    public String getKey(T item) {
        return Inputs.key(item).toString();
    }

    @Override
    public @Nullable T put(String key, T item) {
        ObjectMeta meta = new ObjectMeta();
        meta.setNamespace(item.getMetadata().getNamespace());
        meta.setName(item.getMetadata().getName());
        meta.setUid(item.getMetadata().getUid());
        meta.setResourceVersion(item.getMetadata().getResourceVersion());
        T kept = empty.get();
        kept.setMetadata(meta);
        return items.put(key, kept);
    }

    @Override
    public @Nullable T remove(String key) {
        return items.remove(key);
    }

    @Override
    public Stream<String> keySet() {
        return items.keySet().stream();
    }

    @Override
    public Stream<T> values() {
        return items.values().stream();
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public @Nullable T get(String key) {
        return items.get(key);
    }

    @Override
    public boolean isFullState() {
        return false;
    }
}

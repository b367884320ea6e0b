package io.periplus.lab.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The objects of one type with their latest changes and in-process watches. Writes happen under the store's lock. */
final class Table {
    private final ConcurrentSkipListMap<ObjectKey, ObjectNode> objects = new ConcurrentSkipListMap<>();
    private final CopyOnWriteArrayList<ConflatingWatch> watches = new CopyOnWriteArrayList<>();
    final History history;

    Table(long since) {
        history = new History(since);
    }

    @Nullable
    ObjectNode get(ObjectKey key) {
        return objects.get(key);
    }

    List<ObjectNode> list(@Nullable String namespace) {
        if (namespace == null) {
            return new ArrayList<>(objects.values());
        }
        // The successor of every name in this namespace: namespaces are DNS labels, which never contain \0.
        return new ArrayList<>(objects.subMap(new ObjectKey(namespace, ""), new ObjectKey(namespace + "\0", ""))
                .values());
    }

    int size() {
        return objects.size();
    }

    void load(ObjectNode object) {
        objects.put(Meta.key(object), object);
    }

    void apply(Change change) {
        if (change.after() == null) {
            objects.remove(change.key());
        } else {
            objects.put(change.key(), change.after());
        }
        history.add(change);
        watches.forEach(watch -> watch.offer(change));
    }

    void watch(ConflatingWatch watch) {
        watches.add(watch);
    }

    void unwatch(ConflatingWatch watch) {
        watches.remove(watch);
    }

    void close() {
        history.close();
        watches.forEach(ConflatingWatch::end);
    }
}

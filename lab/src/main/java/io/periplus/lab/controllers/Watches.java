package io.periplus.lab.controllers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ObjectStore.Subscription;
import io.periplus.lab.store.ResourceType;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/** The watches of one controller: each turns a change of some object into keys to reconcile. */
final class Watches<K> implements AutoCloseable {
    private final ObjectStore store;
    private final Consumer<K> queue;
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

    Watches(ObjectStore store, Consumer<K> queue) {
        this.store = store;
        this.queue = queue;
    }

    /** Every change of an object of {@code type} asks for the keys that {@code keys} names. */
    void on(ResourceType type, Function<ObjectNode, ? extends Iterable<K>> keys) {
        watch(type, new ObjectStore.Watcher() {
            @Override
            public void added(ObjectNode object) {
                keys.apply(object).forEach(queue);
            }

            @Override
            public void modified(ObjectNode object) {
                keys.apply(object).forEach(queue);
            }

            @Override
            public void deleted(ObjectNode last) {
                keys.apply(last).forEach(queue);
            }
        });
    }

    /** A watch that keeps state of its own; it names keys through {@link #enqueue}. */
    void watch(ResourceType type, ObjectStore.Watcher watcher) {
        subscriptions.add(store.watch(type, watcher));
    }

    void enqueue(K key) {
        queue.accept(key);
    }

    @Override
    public void close() {
        subscriptions.forEach(Subscription::close);
    }
}

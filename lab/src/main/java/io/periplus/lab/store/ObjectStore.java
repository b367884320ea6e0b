package io.periplus.lab.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one cluster. Objects handed out are shared snapshots: never change one, {@code deepCopy()} it first.
 * Safe for use by many threads. Every write goes through the same admission (defaults, validation, generation,
 * resource version, address allocation) as a request over HTTPS.
 */
public interface ObjectStore {
    /** The object, or null. {@code namespace} is null for cluster-scoped types. */
    @Nullable
    ObjectNode get(ResourceType type, @Nullable String namespace, String name);

    /** All objects, of one namespace or (null) of all, ordered by namespace and name. */
    List<ObjectNode> list(ResourceType type, @Nullable String namespace);

    /**
     * Stores a new object ({@code metadata.name} or {@code generateName} set) and returns it as stored.
     *
     * @throws ApiException 409 AlreadyExists, 404 for a missing namespace, 422 Invalid, 403 in a terminating namespace
     */
    ObjectNode create(ResourceType type, ObjectNode object);

    /**
     * Applies {@code change} to a private copy of everything but the status, again and again until no other writer
     * interferes. Nothing is written and no event sent if the copy comes back equal.
     *
     * @throws ApiException 404 NotFound, 422 Invalid
     */
    ObjectNode update(ResourceType type, @Nullable String namespace, String name, UnaryOperator<ObjectNode> change);

    /** As {@link #update}, for the status only. */
    ObjectNode updateStatus(
            ResourceType type, @Nullable String namespace, String name, UnaryOperator<ObjectNode> change);

    /**
     * Deletes with background propagation. An object with finalizers, and a pod with a grace period, only gets its
     * deletion timestamp; removal follows when the finalizers are gone, or the kubelet deletes with grace 0.
     *
     * @param graceSeconds null for the object's own (pods: spec.terminationGracePeriodSeconds)
     * @param uid if not null, the object is deleted only if it has this uid
     * @throws ApiException 404 NotFound, 409 Conflict when the uid differs
     */
    void delete(
            ResourceType type,
            @Nullable String namespace,
            String name,
            @Nullable Long graceSeconds,
            @Nullable String uid);

    /**
     * Calls {@code listener} for every present object as {@link Watcher#added}, then {@link Watcher#synced} once, then
     * for every change, in order, one call at a time, on a virtual thread of this watch. A slow listener delays only
     * itself; intermediate states of one object may be skipped for it, its deletion never.
     */
    Subscription watch(ResourceType type, Watcher listener);

    /** What a watch reports. */
    interface Watcher {
        void added(ObjectNode object);

        void modified(ObjectNode object);

        /** {@code last} is the last state before removal. */
        void deleted(ObjectNode last);

        default void synced() {}
    }

    /** A running watch; {@link #close()} returns after the last call to the listener. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}

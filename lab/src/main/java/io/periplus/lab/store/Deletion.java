package io.periplus.lab.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** How to delete an object, as {@code metav1.DeleteOptions}. */
public record Deletion(
        @Nullable Long graceSeconds,
        Propagation propagation,
        @Nullable String uid,
        @Nullable String resourceVersion,
        boolean dryRun) {
    /** What becomes of dependents. */
    public enum Propagation {
        /** The garbage collector deletes them later. */
        BACKGROUND,
        /** The garbage collector deletes them first: the object waits with a finalizer. */
        FOREGROUND,
        /** They lose their owner reference and stay. */
        ORPHAN
    }

    /** @param object the last state; {@code removed} is false while finalizers or a grace period hold it */
    public record Outcome(ObjectNode object, boolean removed) {}

    public static Deletion background() {
        return new Deletion(null, Propagation.BACKGROUND, null, null, false);
    }
}

package io.periplus.lab.controllers;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One controller. {@link ControllerManager} calls {@link #watch} once, and from then on {@link #reconcile} for every key
 * that the watches named, never for the same key on two threads at once.
 *
 * @param <K> what a reconciliation is about, with {@code equals} and {@code toString}
 */
interface Controller<K> {
    /** Tells which objects matter, and to which keys. */
    void watch(Watches<K> watches);

    /**
     * Brings one object to its desired state. A thrown exception means "try again later".
     *
     * @return when to look at this key again although nothing was reported about it; null for never
     */
    @Nullable
    Duration reconcile(K key);
}

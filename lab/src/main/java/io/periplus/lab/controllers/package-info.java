/**
 * The controllers of one cluster, as {@code kube-controller-manager} and {@code kube-scheduler} have them. Each class
 * is one controller: it says which objects it watches, and how it brings one object from what is to what should be.
 * {@link io.periplus.lab.controllers.ControllerManager} runs them all in the same way: a keyed queue that never holds
 * the same key twice, a few virtual threads, and growing pauses after a failure.
 *
 * <p>Controllers read the store itself and not a cache of it, so what one reconciliation wrote, the next one reads.
 */
@NullMarked
package io.periplus.lab.controllers;

import org.jspecify.annotations.NullMarked;

/**
 * The parts of Kubernetes objects that the index reads, as small values: what is not in here (heartbeats, managed
 * fields) can change without anything being recomputed.
 */
@NullMarked
package io.periplus.model.input;

import org.jspecify.annotations.NullMarked;

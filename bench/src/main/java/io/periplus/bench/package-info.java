/**
 * Measurements against peers, in one run on one machine: {@code periplus bench l7}. Everything runs in network namespaces
 * of its own, is bounded in time, and is gone afterwards.
 */
@NullMarked
package io.periplus.bench;

import org.jspecify.annotations.NullMarked;

/** The load generator: a process of its own, one event loop, closed loop or open loop. */
@NullMarked
package io.periplus.bench.load;

import org.jspecify.annotations.NullMarked;

/**
 * What the process does with its processors and its heap, in the format of {@code go tool pprof}. Nothing here is loaded before
 * somebody asks.
 */
@NullMarked
package io.periplus.dataplane.admin.pprof;

import org.jspecify.annotations.NullMarked;

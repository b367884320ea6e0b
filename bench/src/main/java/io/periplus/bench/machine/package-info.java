/** The machine as a measurement needs it: cores, network namespaces, processes and what they use. */
@NullMarked
package io.periplus.bench.machine;

import org.jspecify.annotations.NullMarked;

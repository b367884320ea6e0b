/** The one place that knows every role: it starts the part that the first argument names. */
@NullMarked
package io.periplus.distribution;

import org.jspecify.annotations.NullMarked;

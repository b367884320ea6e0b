/** {@code experimental} ({@code x}): which policies hold, what is known of a pod or Service, whether a cluster is fit. */
@NullMarked
package io.periplus.cli.experimental;

import org.jspecify.annotations.NullMarked;

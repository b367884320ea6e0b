/** {@code analyze}: finds what is wrong in a cluster, in manifests, or in what a cluster would be with them. */
@NullMarked
package io.periplus.cli.analyze;

import org.jspecify.annotations.NullMarked;

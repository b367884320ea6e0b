/** Tests of the CNI plugin, as container runtimes call it. */
@NullMarked
package io.periplus.cni;

import org.jspecify.annotations.NullMarked;

/** Paced load out of a pod's network namespace, with a name for everything that goes wrong, and a server to send it to. */
@NullMarked
package io.periplus.e2e.load;

import org.jspecify.annotations.NullMarked;

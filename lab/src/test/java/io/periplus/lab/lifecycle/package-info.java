/** Parts of the lab's life that need no clusters. */
@NullMarked
package io.periplus.lab.lifecycle;

import org.jspecify.annotations.NullMarked;

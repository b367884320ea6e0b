/** The certificate authority: its own key, what it signs, and for whom. */
@NullMarked
package io.periplus.controlplane.ca;

import org.jspecify.annotations.NullMarked;

/** Conditions that objects are to have. */
@NullMarked
package io.periplus.model.status;

import org.jspecify.annotations.NullMarked;

/** The ambient index: which collections there are and how one follows from the other. */
@NullMarked
package io.periplus.model;

import org.jspecify.annotations.NullMarked;

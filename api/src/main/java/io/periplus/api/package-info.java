/** What users write: resource types, their labels and annotations, SPIFFE ids; parsing and validation. */
@NullMarked
package io.periplus.api;

import org.jspecify.annotations.NullMarked;

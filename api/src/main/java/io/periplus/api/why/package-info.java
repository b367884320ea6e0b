/**
 * What {@code periplus why} asks a proxy, and what it answers, as JSON on {@code POST /why} of the admin port. Only values;
 * both sides read and write them with {@link io.periplus.api.why.WhyJson}.
 */
@NullMarked
package io.periplus.api.why;

import org.jspecify.annotations.NullMarked;

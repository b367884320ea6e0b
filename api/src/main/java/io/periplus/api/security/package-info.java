/** The resources of {@code security.istio.io} as values, parsed strictly, with the problems found. */
@NullMarked
package io.periplus.api.security;

import org.jspecify.annotations.NullMarked;

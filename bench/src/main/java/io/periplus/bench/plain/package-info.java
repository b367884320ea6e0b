/** Every proxy as a plain reverse proxy, side by side. */
@NullMarked
package io.periplus.bench.plain;

import org.jspecify.annotations.NullMarked;

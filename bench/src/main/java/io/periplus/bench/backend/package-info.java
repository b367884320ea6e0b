/** What the proxies stand in front of. */
@NullMarked
package io.periplus.bench.backend;

import org.jspecify.annotations.NullMarked;

/** The proxies that are compared, each with the least configuration that does the job well. */
@NullMarked
package io.periplus.bench.contender;

import org.jspecify.annotations.NullMarked;

/** {@code periplus why}: walks a request's way from proxy to proxy, asks each of them, and tells what they answered. */
@NullMarked
package io.periplus.cli.why;

import org.jspecify.annotations.NullMarked;

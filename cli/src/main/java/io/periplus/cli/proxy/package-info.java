/** {@code proxy-config} and {@code proxy-status}: what waypoints and Gateways have been told, and by whom. */
@NullMarked
package io.periplus.cli.proxy;

import org.jspecify.annotations.NullMarked;

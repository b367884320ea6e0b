/** The small HTTP/1.1 servers for administration, metrics and readiness. */
@NullMarked
package io.periplus.dataplane.admin;

import org.jspecify.annotations.NullMarked;

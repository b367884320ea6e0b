/** HBONE over real sockets and real TLS. */
@NullMarked
package io.periplus.dataplane.hbone;

import org.jspecify.annotations.NullMarked;

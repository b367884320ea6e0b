/**
 * The system calls that the JDK does not offer: entering a network namespace, opening sockets inside it, socket
 * options, passing descriptors. Everything native of this project is behind this package.
 */
@NullMarked
package io.periplus.linux;

import org.jspecify.annotations.NullMarked;

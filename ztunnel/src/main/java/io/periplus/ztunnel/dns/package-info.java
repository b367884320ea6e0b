/**
 * The DNS proxy inside each pod: names of the mesh are answered from the index, with the addresses that mean something to
 * this pod; everything else goes to the node's resolvers. {@link io.periplus.ztunnel.dns.DnsProxy} is the entry.
 */
@NullMarked
package io.periplus.ztunnel.dns;

import org.jspecify.annotations.NullMarked;

/**
 * Service addresses of a node (kube-proxy's role): one nftables table, replaced atomically.
 */
@NullMarked
package io.periplus.lab.node.proxy;

import org.jspecify.annotations.NullMarked;

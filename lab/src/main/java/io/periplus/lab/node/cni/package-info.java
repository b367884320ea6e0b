/**
 * What a container runtime does with CNI (the Container Network Interface, https://www.cni.dev/docs/spec/): the node's own
 * network set-up counts as the first plugin, and others may be chained behind it by writing into the node's
 * {@code /etc/cni/net.d} and {@code /opt/cni/bin}.
 */
@NullMarked
package io.periplus.lab.node.cni;

import org.jspecify.annotations.NullMarked;

/**
 * The nodes of a lab's cluster. A node is a network namespace with a bridge; the classes here register it, follow its
 * pods and start what a real node has: kubelet, kube-proxy and cluster DNS. {@link io.periplus.lab.node.LabNode} is the
 * entry; {@link io.periplus.lab.node.NodeCleanup} removes what a killed lab left behind.
 */
@NullMarked
package io.periplus.lab.node;

import org.jspecify.annotations.NullMarked;

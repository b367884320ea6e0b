/**
 * istio-cni's role on a node: decides which pods are enrolled, writes the redirection rules inside their network
 * namespaces, hands the namespaces to ztunnel, and says so on the pod.
 */
@NullMarked
package io.periplus.nodeagent;

import org.jspecify.annotations.NullMarked;

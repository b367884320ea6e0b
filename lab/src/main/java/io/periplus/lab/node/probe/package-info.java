/**
 * Startup, readiness and liveness probes, sent from the node's network namespace as a real kubelet's are.
 */
@NullMarked
package io.periplus.lab.node.probe;

import org.jspecify.annotations.NullMarked;

/**
 * Cluster DNS: names of services and pods, answered from the objects of the cluster (the Kubernetes DNS specification).
 */
@NullMarked
package io.periplus.lab.node.dns;

import org.jspecify.annotations.NullMarked;

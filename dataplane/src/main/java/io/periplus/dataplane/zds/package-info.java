/** ztunnel's side of the talk with the node agent: which pods to serve, and their network namespaces. */
@NullMarked
package io.periplus.dataplane.zds;

import org.jspecify.annotations.NullMarked;

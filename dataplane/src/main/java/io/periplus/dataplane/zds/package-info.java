/** ztunnel's side of the node agent's protocol: which pods this node proxy serves, and their network namespaces. */
@NullMarked
package io.periplus.dataplane.zds;

import org.jspecify.annotations.NullMarked;

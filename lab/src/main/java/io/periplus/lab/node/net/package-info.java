/**
 * A node's and its pods' network namespaces: names, addresses, veths, routes. Nothing here touches the host's network.
 */
@NullMarked
package io.periplus.lab.node.net;

import org.jspecify.annotations.NullMarked;

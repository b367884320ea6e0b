/** The {@code ztunnel-config} commands: what a node's ztunnel knows, read from its admin port. */
@NullMarked
package io.periplus.cli.ztunnel;

import org.jspecify.annotations.NullMarked;

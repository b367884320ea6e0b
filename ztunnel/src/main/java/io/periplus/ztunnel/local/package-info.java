/**
 * A mesh from a file, without a control plane: for trying the proxy alone, and for measuring it. The file is YAML with the
 * names of {@code /config_dump}, so a saved dump can be served again.
 */
@NullMarked
package io.periplus.ztunnel.local;

import org.jspecify.annotations.NullMarked;

/**
 * Volumes of a pod, kept as directories in the state directory and bound into its containers.
 */
@NullMarked
package io.periplus.lab.node.volume;

import org.jspecify.annotations.NullMarked;

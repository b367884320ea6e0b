/**
 * What an image name stands for. Containers run programs of this machine under a private overlay of its file system, so
 * an image is a definition (entrypoint, environment, user), not a set of layers.
 */
@NullMarked
package io.periplus.lab.node.image;

import org.jspecify.annotations.NullMarked;

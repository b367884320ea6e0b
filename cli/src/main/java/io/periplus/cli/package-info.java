/** The commands of {@code periplus} and {@code istioctl}: one program, whose name decides what help and errors call it. */
@NullMarked
package io.periplus.cli;

import org.jspecify.annotations.NullMarked;

/** The {@code waypoint} commands: generate, apply, delete, list, status. */
@NullMarked
package io.periplus.cli.waypoint;

import org.jspecify.annotations.NullMarked;

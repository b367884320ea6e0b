@NullMarked
package io.periplus.waypoint.authn;

import org.jspecify.annotations.NullMarked;

package io.periplus.waypoint.limit;

import java.util.List;

/**
 * What the policy that holds at a place says.
 *
 * @param unusable not empty: something in it cannot be applied, as named here
 */
record Level(List<Limit> limits, String unusable) {
    static final Level NONE = new Level(List.of(), "");
}

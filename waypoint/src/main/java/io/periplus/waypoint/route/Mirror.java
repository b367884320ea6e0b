package io.periplus.waypoint.route;

import java.util.concurrent.ThreadLocalRandom;

/**
 * A backend that gets copies of requests.
 *
 * @param numerator how many of {@code denominator} requests are copied
 */
public record Mirror(RouteBackend backend, int numerator, int denominator) {
    /** Decides for one request, independently of all others. */
    public boolean draw() {
        return numerator >= denominator || ThreadLocalRandom.current().nextInt(denominator) < numerator;
    }
}

package io.periplus.waypoint.route;

/**
 * How later requests of a session find the endpoint of the first.
 *
 * @param cookie whether a cookie carries the session; else a header field of request and answer
 * @param name of the cookie or field
 * @param absoluteSeconds how long a session lives from its beginning; 0 for no limit
 * @param idleSeconds how long it lives from its last use; 0 for no limit
 * @param permanent whether the cookie outlives the browser
 * @param path of the cookie
 */
public record SessionRules(
        boolean cookie, String name, long absoluteSeconds, long idleSeconds, boolean permanent, String path) {}

package io.periplus.waypoint.upstream.policy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where consistent hashing takes the client's key from. */
public sealed interface HashKey {
    /** A header of the request; the name is in lower case. */
    record Header(String name) implements HashKey {}

    /**
     * A cookie.
     *
     * @param path of the cookie that is made, empty for none
     * @param ttl how long a cookie that is made lives, 0 for the session; null: none is made
     */
    record Cookie(String name, String path, @Nullable Duration ttl) implements HashKey {}

    /** A parameter of the request's query. */
    record Query(String name) implements HashKey {}

    /** The client's address. */
    record SourceIp() implements HashKey {}
}

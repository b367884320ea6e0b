package io.periplus.waypoint.upstream;

/** Whether a request has an endpoint to go to. */
public sealed interface Choice {
    /** This one. It is nobody's yet: {@link Host#begin} counts the request. */
    record Chosen(Host host) implements Choice {}

    /** The destination has no endpoint that could be used: 503, flag {@code UH}. */
    record NoneHealthy() implements Choice {}

    /** The service has as many requests as its circuit breaker allows: 503, flag {@code UO}. */
    record Overflow() implements Choice {}

    /** The only instance that is needed. */
    NoneHealthy NONE_HEALTHY = new NoneHealthy();

    /** The only instance that is needed. */
    Overflow OVERFLOW = new Overflow();
}

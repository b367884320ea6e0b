package io.periplus.waypoint.upstream.health;

import io.periplus.waypoint.upstream.policy.OutlierSettings;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ejects endpoints of one port of a service that fail too often in a row. Nothing runs by timers: an ejection carries the
 * time at which it is over, and the event loops read the clock. They notice ejections by {@link #version}.
 */
public final class OutlierDetector {
    private static final Logger LOG = LoggerFactory.getLogger(OutlierDetector.class);

    /** However often an endpoint was ejected; Envoy's default. */
    private static final long EJECTION_NANOS_MAX = TimeUnit.SECONDS.toNanos(300);

    private final String service;
    private final @Nullable OutlierSettings settings;
    private final LongSupplier clock;
    private final Map<String, EndpointHealth> endpoints = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> views = new ConcurrentHashMap<>();
    private final AtomicInteger version = new AtomicInteger();
    private final ReentrantLock ejecting = new ReentrantLock();

    /**
     * @param service for the log
     * @param settings null: nothing is ever ejected
     * @param clock nanoseconds of {@link System#nanoTime}
     */
    public OutlierDetector(String service, @Nullable OutlierSettings settings, LongSupplier clock) {
        this.service = service;
        this.settings = settings;
        this.clock = clock;
    }

    /** Null: nothing is ever ejected. */
    public @Nullable OutlierSettings settings() {
        return settings;
    }

    /** The health of an endpoint, by a name that no other endpoint of the service has. */
    public EndpointHealth of(String endpoint) {
        return endpoints.computeIfAbsent(endpoint, name -> new EndpointHealth(this, name));
    }

    /**
     * Forgets all endpoints that no view has.
     *
     * @param view of the service; the event loops share theirs, but see it once for each family of addresses
     */
    public void retain(String view, Collection<String> names) {
        views.put(view, Set.copyOf(names));
        endpoints.keySet().removeIf(name -> views.values().stream().noneMatch(known -> known.contains(name)));
    }

    /** Changes whenever an endpoint is ejected. */
    public int version() {
        return version.get();
    }

    /** Now, as {@link EndpointHealth#isEjected} wants it. */
    public long nowNanos() {
        return clock.getAsLong();
    }

    void eject(EndpointHealth endpoint, String why) {
        OutlierSettings rules = settings;
        if (rules == null) {
            return;
        }
        ejecting.lock();
        try {
            long now = clock.getAsLong();
            if (endpoint.isEjected(now)) {
                return;
            }
            long ejected = endpoints.values().stream()
                    .filter(other -> other.isEjected(now))
                    .count();
            if (ejected > 0 && (ejected + 1) * 100 > (long) rules.maxEjectedPercent() * endpoints.size()) {
                return;
            }
            endpoint.eject(now, rules, EJECTION_NANOS_MAX);
            version.incrementAndGet();
            LOG.info(
                    "endpoint {} of {} is ejected for {} s: {}",
                    endpoint,
                    service,
                    TimeUnit.NANOSECONDS.toSeconds(endpoint.ejectedUntilNanos() - now),
                    why);
        } finally {
            ejecting.unlock();
        }
    }
}

package io.periplus.waypoint.limit;

import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.waypoint.limit.LimitCompiler.CounterKey;
import io.periplus.waypoint.limit.bucket.Counters;
import io.periplus.waypoint.limit.bucket.KeyBudget;
import io.periplus.waypoint.limit.bucket.Rate;
import io.periplus.waypoint.limit.remote.Remotes;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.route.RouteId;
import io.periplus.waypoint.route.match.HostIndex;
import io.periplus.wire.waypoint.Gateway;
import io.periplus.wire.waypoint.LimitBackend;
import io.periplus.wire.waypoint.LimitTarget;
import io.periplus.wire.waypoint.Listener;
import io.periplus.wire.waypoint.RateLimitPolicy;
import io.periplus.wire.waypoint.RouteTarget;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policies as the control plane sent them, and the table compiled from them. Written by one thread at a time, read from
 * every thread. What has been counted stays when policies change, as long as the limit itself does not.
 */
public final class LimitStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LimitStore.class);

    private final KeyBudget budget;
    private final Remotes remotes;
    private final LimitCompiler compiler;
    private final Map<String, RateLimitPolicy> policies = new TreeMap<>();
    private final Map<CounterKey, Counters> counters = new HashMap<>();
    private Map<Part, Level> compiled = Map.of();
    private Map<Integer, HostIndex<String>> ports = Map.of();
    private volatile LimitTable table = LimitTable.EMPTY;

    public LimitStore(MetricsRegistry metrics) {
        this(metrics, new KeyBudget(KeyBudget.KEYS_MAX));
    }

    LimitStore(MetricsRegistry metrics, KeyBudget budget) {
        this.budget = budget;
        this.remotes = new Remotes(metrics);
        this.compiler = new LimitCompiler(remotes, new LimitMetrics(metrics, budget));
    }

    /** What requests that begin now are counted by. */
    LimitTable table() {
        return table;
    }

    /** Whether requests for a destination may be limited. */
    public boolean limits(Destination destination) {
        return table.limits(destination);
    }

    /** Applies one push: policies in place of those with the same name, and names that are gone. */
    public synchronized void apply(Map<String, RateLimitPolicy> changed, Collection<String> removed) {
        removed.forEach(policies::remove);
        policies.putAll(changed);
        compile();
    }

    /** The listeners of this proxy's own Gateway changed. */
    public synchronized void listeners(Gateway gateway) {
        Map<Integer, Map<String, String>> byPort = new HashMap<>();
        for (Listener listener : gateway.getListenersList()) {
            byPort.computeIfAbsent(listener.getPort(), _ -> new HashMap<>())
                    .put(listener.getHostname(), listener.getName());
        }
        Map<Integer, HostIndex<String>> next = new HashMap<>();
        byPort.forEach((port, names) -> next.put(port, new HostIndex<>(names)));
        ports = next;
        compile();
    }

    private void compile() {
        Building building = new Building();
        Map<Part, Level> levels = new HashMap<>();
        policies.values()
                .forEach(policy -> policy.getTargetsList().forEach(target -> {
                    Part part = new Part(policy, target);
                    Level known = compiled.get(part);
                    Level level = known != null ? known : level(policy, target);
                    levels.put(part, level);
                    building.add(target, level);
                }));
        compiled = levels;
        table = new LimitTable(building.gateway, building.services, building.listeners, building.routes, ports);
        closeUnused(levels.values());
    }

    /** What no limit counts with, and nobody is to be asked, any more. */
    private void closeUnused(Collection<Level> levels) {
        Set<Counters> used = Collections.newSetFromMap(new IdentityHashMap<>());
        levels.forEach(level -> level.limits().forEach(limit -> {
            if (limit.counters() != null) {
                used.add(limit.counters());
            }
        }));
        counters.values().removeIf(one -> {
            boolean unused = !used.contains(one);
            if (unused) {
                one.close();
            }
            return unused;
        });
        Set<LimitBackend> backends = new HashSet<>();
        policies.values().stream()
                .filter(policy -> policy.hasBackend() && policy.getUnusable().isEmpty())
                .forEach(policy -> backends.add(policy.getBackend()));
        remotes.keepOnly(backends);
    }

    /** What cannot be applied closes its place, unless it would not be enforced anyway. */
    private Level level(RateLimitPolicy policy, LimitTarget target) {
        String name = policy.getNamespace() + "/" + policy.getName();
        String unusable = policy.getUnusable();
        if (unusable.isEmpty()) {
            try {
                return new Level(List.copyOf(compiler.compile(policy, target, this::counters)), "");
            } catch (IllegalArgumentException e) {
                unusable = String.valueOf(e.getMessage());
            }
        }
        LOG.warn("rate limit policy {} cannot be applied: {}", name, unusable);
        return policy.getDryRun() ? Level.NONE : new Level(List.of(), name + ": " + unusable);
    }

    private Counters counters(CounterKey key, Rate rate) {
        return counters.computeIfAbsent(key, _ -> new Counters(rate, budget));
    }

    @Override
    public synchronized void close() {
        policies.clear();
        compile();
        remotes.close();
    }

    /** A policy at one of its targets. Compiled once, as long as it stays what it is. */
    private record Part(RateLimitPolicy policy, LimitTarget target) {}

    /** A table on its way. */
    private static final class Building {
        private final Map<String, Level> services = new HashMap<>();
        private final Map<String, Level> listeners = new HashMap<>();
        private final Map<RouteId, Level> routes = new HashMap<>();
        private Level gateway = Level.NONE;

        void add(LimitTarget target, Level level) {
            switch (target.getKindCase()) {
                case GATEWAY -> gateway = level;
                case LISTENER -> listeners.put(target.getListener(), level);
                case SERVICE ->
                    services.put(
                            target.getService().getNamespace() + "/"
                                    + target.getService().getHostname(),
                            level);
                case ROUTE -> {
                    RouteTarget route = target.getRoute();
                    RouteId id = RouteId.route(route.getKind(), route.getNamespace(), route.getName());
                    routes.put(id.rule(route.getRule()), level);
                }
                case KIND_NOT_SET -> {
                    // Where it holds is not known here: everywhere is the only place that is not too few.
                    if (!level.unusable().isEmpty()) {
                        gateway = level;
                    }
                }
            }
        }
    }
}

package io.periplus.waypoint.limit.remote;

import io.netty.channel.EventLoopGroup;
import io.periplus.dataplane.net.EpollLoops;
import io.periplus.dataplane.telemetry.Family;
import io.periplus.dataplane.telemetry.Histogram;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.wire.waypoint.LimitBackend;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The backends that policies name, each connected once, all on one event loop of their own. Confined to the thread that
 * applies policies. Nothing is started before the first policy with a backend comes.
 */
public final class Remotes implements AutoCloseable {
    private static final double[] BUCKETS = {0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 10_000};

    private final Family<Histogram> latency;
    private final Map<LimitBackend, Remote> open = new HashMap<>();
    private @Nullable EventLoopGroup loops;
    private @Nullable RedisClients redis;

    public Remotes(MetricsRegistry metrics) {
        latency = metrics.histogram(
                "periplus_rate_limit_backend_duration_milliseconds",
                "Time from a question to a backend of rate limits to its answer",
                BUCKETS,
                "backend");
    }

    /**
     * The backend; what differs in its timeout only is the same.
     *
     * @throws IllegalArgumentException if it cannot be used, saying why
     */
    public Remote of(LimitBackend backend) {
        LimitBackend same = withoutTimeout(backend);
        Remote present = open.get(same);
        if (present != null) {
            return present;
        }
        try {
            Remote made = made(same);
            open.put(same, made);
            return made;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("backend " + backend.getAddress() + ": " + e.getMessage(), e);
        }
    }

    private Remote made(LimitBackend backend) throws GeneralSecurityException, IOException {
        EventLoopGroup group = loops;
        if (group == null) {
            group = EpollLoops.newGroup("rate-limits", 1);
            loops = group;
        }
        return switch (backend.getKindCase()) {
            case REDIS -> {
                RedisClients clients = redis;
                if (clients == null) {
                    clients = new RedisClients(group);
                    redis = clients;
                }
                yield new Remote(clients.open(backend, group.next()), latency.with("redis"));
            }
            case SERVICE -> new Remote(new ServiceTransport(backend, group), latency.with("service"));
            case KIND_NOT_SET -> throw new IllegalArgumentException("a backend of an unknown kind");
        };
    }

    /** Closes the backends that are not among these any more. */
    public void keepOnly(Set<LimitBackend> wanted) {
        Set<LimitBackend> same = new HashSet<>();
        wanted.forEach(backend -> same.add(withoutTimeout(backend)));
        open.entrySet().removeIf(entry -> {
            boolean gone = !same.contains(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
    }

    private static LimitBackend withoutTimeout(LimitBackend backend) {
        return backend.toBuilder().clearTimeout().build();
    }

    @Override
    public void close() {
        keepOnly(Set.of());
        RedisClients clients = redis;
        if (clients != null) {
            clients.close();
        }
        EventLoopGroup group = loops;
        if (group != null) {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}

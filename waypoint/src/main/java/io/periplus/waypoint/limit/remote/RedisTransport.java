package io.periplus.waypoint.limit.remote;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.Base16;
import io.lettuce.core.codec.StringCodec;
import io.netty.channel.EventLoop;
import io.periplus.waypoint.limit.bucket.Rate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to Redis, on which all requests are pipelined. It is made, and made again, in the background; while it is
 * away nothing is queued.
 */
final class RedisTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(RedisTransport.class);
    private static final long AGAIN_MS = 500;
    private static final long AGAIN_MAX_MS = 5_000;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final String TAKE = sha1(Scripts.TAKE);
    private static final String GIVE_BACK = sha1(Scripts.GIVE_BACK);

    private final RedisURI uri;
    private final EventLoop loop;
    private final RedisClient client;
    private volatile @Nullable StatefulRedisConnection<String, String> connection;
    private volatile boolean closed;

    /**
     * Begins to connect.
     *
     * @param loop for trying again
     */
    RedisTransport(RedisClient client, RedisURI uri, EventLoop loop) {
        this.client = client;
        this.uri = uri;
        this.loop = loop;
        connect(AGAIN_MS);
    }

    /** Lettuce makes a connection that was there again by itself, but not one that never was. */
    private void connect(long againMs) {
        client.connectAsync(StringCodec.UTF8, uri).whenComplete((made, failure) -> {
            if (closed) {
                if (made != null) {
                    made.closeAsync();
                }
            } else if (made == null) {
                LOG.warn("rate limits: Redis {}:{}: {}", uri.getHost(), uri.getPort(), reason(failure));
                loop.schedule(() -> connect(Math.min(2 * againMs, AGAIN_MAX_MS)), againMs, TimeUnit.MILLISECONDS);
            } else {
                LOG.info("rate limits: connected to Redis {}:{}", uri.getHost(), uri.getPort());
                connection = made;
            }
        });
    }

    private static @Nullable String reason(@Nullable Throwable failure) {
        Throwable deepest = failure;
        while (deepest != null && deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest == null ? "" : deepest.getMessage();
    }

    @Override
    public boolean isConnected() {
        StatefulRedisConnection<String, String> made = connection;
        return made != null && made.isOpen();
    }

    @Override
    public void ask(List<Ask> limits, boolean enforced, long timeoutNanos, Consumer<@Nullable Verdict> answer) {
        String[] keys = keys(limits);
        String[] arguments = new String[1 + 2 * limits.size()];
        arguments[0] = enforced ? "1" : "0";
        for (int i = 0; i < limits.size(); i++) {
            Asked limit = limits.get(i).limit();
            Rate rate = rate(limit);
            arguments[1 + 2 * i] = micros(rate.costNanos(limit.cost()));
            arguments[2 + 2 * i] = micros(rate.toleranceNanos());
        }
        run(TAKE, Scripts.TAKE, keys, arguments).whenComplete((left, failure) -> {
            if (failure != null || left.size() != limits.size()) {
                LOG.debug("rate limits: Redis {}:{} gave no answer", uri.getHost(), uri.getPort(), failure);
                answer.accept(null);
                return;
            }
            List<Standing> standings = new ArrayList<>(left.size());
            for (int i = 0; i < left.size(); i++) {
                long nanos = TimeUnit.MICROSECONDS.toNanos(Long.parseLong(left.get(i)));
                standings.add(Standing.of(rate(limits.get(i).limit()), nanos));
            }
            answer.accept(Verdict.of(standings));
        });
    }

    @Override
    public void giveBack(List<Ask> limits) {
        String[] arguments = new String[limits.size()];
        for (int i = 0; i < arguments.length; i++) {
            Asked limit = limits.get(i).limit();
            arguments[i] = micros(rate(limit).costNanos(limit.cost()));
        }
        run(GIVE_BACK, Scripts.GIVE_BACK, keys(limits), arguments).exceptionally(failure -> {
            LOG.debug("rate limits: Redis {}:{}: not given back", uri.getHost(), uri.getPort(), failure);
            return List.of();
        });
    }

    /** One round trip; two where Redis has forgotten the script, as it does when it is started again. */
    private CompletionStage<List<String>> run(String sha1, String script, String[] keys, String[] arguments) {
        StatefulRedisConnection<String, String> made = connection;
        if (made == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("not connected"));
        }
        RedisAsyncCommands<String, String> commands = made.async();
        RedisFuture<List<String>> known = commands.evalsha(sha1, ScriptOutputType.MULTI, keys, arguments);
        return known.exceptionallyCompose(failure -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            return cause instanceof RedisNoScriptException
                    ? commands.eval(script, ScriptOutputType.MULTI, keys, arguments)
                    : CompletableFuture.failedFuture(failure);
        });
    }

    private static String[] keys(List<Ask> limits) {
        String[] keys = new String[limits.size()];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = RedisKeys.of(limits.get(i));
        }
        return keys;
    }

    /** Policies with Redis have numbers. */
    private static Rate rate(Asked limit) {
        Rate rate = limit.rate();
        if (rate == null) {
            throw new IllegalArgumentException("limit " + limit.name() + " of " + limit.policy() + " has no numbers");
        }
        return rate;
    }

    private static String micros(long nanos) {
        return Double.toString(nanos / NANOS_PER_MICRO);
    }

    private static String sha1(String script) {
        return Base16.digest(script.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        closed = true;
        StatefulRedisConnection<String, String> made = connection;
        if (made != null) {
            made.closeAsync();
        }
        client.shutdownAsync(0, 1, TimeUnit.SECONDS);
    }
}

package io.periplus.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One measurement, on one event loop.
 *
 * <pre>
 * CONNECTING --all open--> WARMING --time--> MEASURING --time--> ENDED
 * </pre>
 *
 * In a closed loop every answer is followed by the next request. In an open loop requests are due at fixed times; one
 * that finds no free connection waits, and its latency counts from the time it was due (no coordinated omission).
 */
final class LoadRun {
    /** A connection that a proxy closes is opened anew; a proxy that closes them all the time shows as an error. */
    private static final int RECONNECTS_MAX = 1_000;

    /** Requests of an open loop that wait; a second of a load that is far too high. */
    private static final int BACKLOG_MAX = 100_000;

    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long WARM_UP_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
    private static final long WARM_UP_LOOK_MILLIS = 20;
    /** So many at a time, so that no queue of a listener overflows. */
    private static final int OPENING_MAX = 128;

    private static final int CONNECT_MILLIS = 5_000;

    private enum State {
        CONNECTING,
        WARMING,
        MEASURING,
        ENDED
    }

    private final EventLoop loop;
    private final LoadPlan plan;
    private final Requests requests;
    private final Consumer<String> signal;
    private final Histogram latencies = new Histogram(HIGHEST_NANOS, 3);
    private final List<ClientConnection> connections = new ArrayList<>();
    private final ArrayDeque<ClientConnection> free = new ArrayDeque<>();
    private final ArrayDeque<Long> backlog = new ArrayDeque<>();
    private final CompletableFuture<LoadResult> result = new CompletableFuture<>();
    private State state = State.CONNECTING;
    private int connecting;
    private int reconnects;
    private long completed;
    private long warmedUp;
    private long errors;
    private @Nullable String error;
    private long beganNanos;
    private double beganCpu;
    private double nextDue;

    LoadRun(EventLoop loop, LoadPlan plan, Consumer<String> signal) {
        this.loop = loop;
        this.plan = plan;
        this.signal = signal;
        this.requests = new Requests(plan);
    }

    /** Runs to the end. */
    LoadResult run() {
        loop.execute(() -> {
            connecting = plan.connections();
            for (int i = 0; i < Math.min(OPENING_MAX, plan.connections()); i++) {
                connect();
            }
        });
        return result.join();
    }

    private void connect() {
        ClientConnection connection = switch (plan.protocol()) {
            case HTTP1, HTTP1_ONCE -> new Http1Connection(this, requests);
            case SEND, RECEIVE -> new BulkConnection(this, plan.protocol());
            case HTTP2 -> new Http2Connection(this, requests, plan.streams());
        };
        new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .handler(connection)
                .connect(plan.host(), plan.port())
                .addListener((ChannelFuture connected) -> {
                    if (!connected.isSuccess()) {
                        fail("cannot connect to %s:%d: %s".formatted(plan.host(), plan.port(), connected.cause()));
                    }
                });
    }

    /** The connection can take requests. */
    void opened(ClientConnection connection) {
        connections.add(connection);
        if (state == State.CONNECTING) {
            if (--connecting == 0) {
                begin();
            } else if (connecting >= OPENING_MAX) {
                connect();
            }
        } else {
            offer(connection);
        }
    }

    private void begin() {
        state = State.WARMING;
        nextDue = System.nanoTime();
        connections.forEach(this::offer);
        if (plan.rate() > 0) {
            issueWhatIsDue();
        }
        beganNanos = System.nanoTime();
        loop.schedule(this::beginWhenWarm, plan.warmUpMillis(), TimeUnit.MILLISECONDS);
    }

    private void beginWhenWarm() {
        if (completed >= plan.warmUpRequests() || System.nanoTime() - beganNanos > WARM_UP_NANOS_MAX) {
            beginMeasuring();
        } else {
            loop.schedule(this::beginWhenWarm, WARM_UP_LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void offer(ClientConnection connection) {
        for (int i = 0; i < connection.slots(); i++) {
            if (plan.rate() > 0) {
                free.add(connection);
            } else {
                connection.send(System.nanoTime());
            }
        }
        connection.flush();
    }

    private void beginMeasuring() {
        if (state == State.ENDED) {
            return;
        }
        signal.accept(LoadMain.BEGIN);
        state = State.MEASURING;
        warmedUp = completed;
        completed = 0;
        errors = 0;
        error = null;
        beganNanos = System.nanoTime();
        beganCpu = cpuSeconds();
        loop.schedule(this::end, plan.measureMillis(), TimeUnit.MILLISECONDS);
    }

    private static double cpuSeconds() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime() / 1e9;
    }

    private void issueWhatIsDue() {
        if (state == State.ENDED) {
            return;
        }
        double interval = 1e9 / plan.rate();
        long now = System.nanoTime();
        for (; nextDue <= now; nextDue += interval) {
            ClientConnection connection = free.poll();
            if (connection != null) {
                connection.send((long) nextDue);
                connection.flush();
            } else if (backlog.size() < BACKLOG_MAX) {
                backlog.add((long) nextDue);
            } else {
                failed("more than " + BACKLOG_MAX + " requests wait: the rate is far above what is served");
            }
        }
        loop.schedule(this::issueWhatIsDue, (long) nextDue - now, TimeUnit.NANOSECONDS);
    }

    /** A request was answered with 200; the connection can take another. */
    void answered(ClientConnection connection, long startNanos) {
        completed++;
        long now = System.nanoTime();
        if (state == State.MEASURING) {
            latencies.recordValue(Math.min(HIGHEST_NANOS, now - startNanos));
        }
        next(connection, now);
    }

    /** Bytes were sent, or have come. */
    void moved(long bytes) {
        completed += bytes;
    }

    /** A request was answered otherwise; the connection can take another. */
    void refused(ClientConnection connection, String why) {
        failed(why);
        next(connection, System.nanoTime());
    }

    private void next(ClientConnection connection, long now) {
        if (state == State.ENDED) {
            return;
        }
        if (plan.protocol() == Protocol.HTTP1_ONCE) {
            connections.remove(connection);
            connection.close();
            connect();
            return;
        }
        if (plan.rate() == 0) {
            connection.send(now);
            return;
        }
        Long due = backlog.poll();
        if (due != null) {
            connection.send(due);
        } else {
            free.add(connection);
        }
    }

    /** The connection is gone, with so many requests unanswered. */
    void lost(ClientConnection connection, int unanswered, String why) {
        if (state == State.ENDED) {
            return;
        }
        connections.remove(connection);
        free.removeIf(entry -> entry == connection);
        for (int i = 0; i < unanswered; i++) {
            failed(why);
        }
        if (state == State.CONNECTING || ++reconnects > RECONNECTS_MAX) {
            fail("connections are lost all the time: " + why);
        } else {
            connect();
        }
    }

    private void failed(String why) {
        errors++;
        if (error == null) {
            error = why;
        }
    }

    private void fail(String why) {
        if (state == State.ENDED) {
            return;
        }
        if (state != State.MEASURING) {
            signal.accept(LoadMain.BEGIN);
            beganNanos = System.nanoTime();
        }
        failed(why);
        end();
    }

    private void end() {
        if (state == State.ENDED) {
            return;
        }
        signal.accept(LoadMain.END);
        double seconds = Math.max(1, System.nanoTime() - beganNanos) / 1e9;
        double cpu = cpuSeconds() - beganCpu;
        state = State.ENDED;
        connections.forEach(ClientConnection::close);
        requests.release();
        result.complete(new LoadResult(
                completed,
                warmedUp + completed,
                errors,
                error,
                seconds,
                latencies.getValueAtPercentile(50) / 1e3,
                latencies.getValueAtPercentile(99) / 1e3,
                latencies.getValueAtPercentile(99.9) / 1e3,
                latencies.getMaxValue() / 1e3,
                cpu));
    }
}

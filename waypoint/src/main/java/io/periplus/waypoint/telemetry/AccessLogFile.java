package io.periplus.waypoint.telemetry;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the access log on a thread of its own, many lines with one write. When whoever reads the output cannot keep up,
 * lines are dropped and counted; requests never wait for their log.
 */
public final class AccessLogFile implements Telemetry, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLogFile.class);

    /** About a second of a busy waypoint. */
    private static final int WAITING_MAX = 10_000;

    private static final int BATCH_MAX = 256;
    private static final long CLOSE_WAIT_MS = 2_000;

    /** A report to log, or the end. */
    private record Entry(@Nullable Report report) {}

    private final BlockingQueue<Entry> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final LongAdder dropped = new LongAdder();
    private final LogLine format;
    private final OutputStream out;
    private final Thread thread;

    /** Begins to write; {@code out} stays open at the end. */
    public AccessLogFile(LogLine format, OutputStream out) {
        this.format = format;
        this.out = out;
        this.thread = Thread.ofPlatform().daemon().name("access-log").start(this::run);
    }

    @Override
    public void ended(RequestReport report) {
        take(new Entry(report));
    }

    @Override
    public void opened(ConnectionReport report) {
        // A connection is logged once, at its end.
    }

    @Override
    public void moved(ConnectionReport report, long received, long sent) {
        // As above.
    }

    @Override
    public void ended(ConnectionReport report) {
        take(new Entry(report));
    }

    private void take(Entry entry) {
        if (!waiting.offer(entry)) {
            dropped.increment();
        }
    }

    private void run() {
        List<Entry> batch = new ArrayList<>(BATCH_MAX);
        StringBuilder text = new StringBuilder();
        boolean running = true;
        while (running) {
            try {
                batch.add(waiting.take());
                waiting.drainTo(batch, BATCH_MAX - 1);
                for (Entry entry : batch) {
                    Report report = entry.report();
                    if (report == null) {
                        running = false;
                    } else {
                        format.append(report, text);
                    }
                }
                out.write(text.toString().getBytes(StandardCharsets.UTF_8));
                out.flush();
            } catch (IOException e) {
                dropped.add(batch.size());
            } catch (InterruptedException e) {
                return;
            }
            batch.clear();
            text.setLength(0);
            long lost = dropped.sumThenReset();
            if (lost > 0) {
                LOG.warn("{} lines of the access log dropped: whoever reads the output is too slow", lost);
            }
        }
    }

    /** Writes what is waiting, for at most two seconds. */
    @Override
    public void close() {
        try {
            if (waiting.offer(new Entry(null), CLOSE_WAIT_MS, TimeUnit.MILLISECONDS)) {
                thread.join(CLOSE_WAIT_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.periplus.dataplane.telemetry;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Writes entries on a thread of its own, many with one write. When whoever reads the output cannot keep up, traffic is
 * not held up for its log: entries are dropped, and a line says how many.
 */
public final class LogWriter implements AutoCloseable {
    /** About a second of a busy node's connections. */
    private static final int ENTRIES_MAX = 10_000;

    private static final int BATCH_MAX = 256;
    private static final long CLOSE_WAIT_MILLIS = 2_000;

    private final BlockingQueue<LogEntry> queue = new ArrayBlockingQueue<>(ENTRIES_MAX);
    private final LongAdder dropped = new LongAdder();
    private final LogFormat format;
    private final OutputStream out;
    private final Thread thread;
    private volatile boolean closed;

    public LogWriter(LogFormat format, OutputStream out) {
        this.format = format;
        this.out = out;
        this.thread = Thread.ofPlatform().daemon().name("log").start(this::run);
    }

    /** Takes an entry; never waits. */
    public void submit(LogEntry entry) {
        if (!queue.offer(entry)) {
            dropped.increment();
        }
    }

    /** Waits until what was submitted before is written, for a few seconds at most; false if it is not by then. */
    public boolean flush() {
        Mark mark = new Mark(new CountDownLatch(1));
        try {
            return thread.isAlive()
                    && queue.offer(mark, CLOSE_WAIT_MILLIS, TimeUnit.MILLISECONDS)
                    && mark.written.await(CLOSE_WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Writes what is waiting, for at most two seconds. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(CLOSE_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<LogEntry> batch = new ArrayList<>(BATCH_MAX);
        StringBuilder text = new StringBuilder(BATCH_MAX * 128);
        while (!closed || !queue.isEmpty()) {
            try {
                LogEntry first = closed ? queue.poll() : queue.poll(1, TimeUnit.MINUTES);
                if (first == null) {
                    continue;
                }
                batch.add(first);
                queue.drainTo(batch, BATCH_MAX - 1);
                for (LogEntry entry : batch) {
                    if (!(entry instanceof Mark)) {
                        write(entry, text);
                    }
                }
                long lost = dropped.sumThenReset();
                if (lost > 0) {
                    format.write(new Lost(Instant.now(), lost), text);
                }
                out.write(text.toString().getBytes(StandardCharsets.UTF_8));
                out.flush();
            } catch (InterruptedException e) {
                // Closing: the loop's condition sees it.
            } catch (IOException | RuntimeException e) {
                dropped.add(batch.size());
            } finally {
                for (LogEntry entry : batch) {
                    if (entry instanceof Mark mark) {
                        mark.written.countDown();
                    }
                }
                batch.clear();
                text.setLength(0);
            }
        }
    }

    private void write(LogEntry entry, StringBuilder text) {
        int start = text.length();
        try {
            format.write(entry, text);
        } catch (RuntimeException e) {
            // A defect of the entry: nobody else's lines are lost for it.
            text.setLength(start);
            format.write(new Broken(Instant.now(), entry.getClass().getSimpleName(), e.toString()), text);
        }
    }

    /** Is not written: tells that everything before it was. */
    private record Mark(CountDownLatch written) implements LogEntry {
        @Override
        public Instant time() {
            return Instant.EPOCH;
        }

        @Override
        public String level() {
            return "";
        }

        @Override
        public String scope() {
            return "";
        }

        @Override
        public String message() {
            return "";
        }

        @Override
        public void fields(Fields to) {
            // None.
        }
    }

    /** Stands for an entry that cannot be written. */
    private record Broken(Instant time, String entry, String error) implements LogEntry {
        @Override
        public String level() {
            return "error";
        }

        @Override
        public String scope() {
            return "log";
        }

        @Override
        public String message() {
            return "a log line cannot be written";
        }

        @Override
        public void fields(Fields to) {
            to.text("entry", entry);
            to.text("error", error);
        }
    }

    private record Lost(Instant time, long count) implements LogEntry {
        @Override
        public String level() {
            return "warn";
        }

        @Override
        public String scope() {
            return "log";
        }

        @Override
        public String message() {
            return "log lines dropped: whoever reads this output is too slow";
        }

        @Override
        public void fields(Fields to) {
            to.number("count", count);
        }
    }
}

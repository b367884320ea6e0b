package io.periplus.nodeagent;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends an answer, most of all a watch, on which nothing comes any more: of a connection that died without a word nothing else tells.
 *
 * <p>Whoever has sent one bookmark sends another a minute later. Of who sends none it is only known when the watch ends.
 */
final class WatchDeadline implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchDeadline.class);

    private final InputStream watch;
    private final Duration silence;
    private boolean bookmarks;
    private CompletableFuture<Void> timer;

    /**
     * Begins to wait.
     *
     * @param end after which a watch has ended in any case
     * @param silence how long nothing may come where bookmarks do
     */
    WatchDeadline(InputStream watch, Duration end, Duration silence) {
        this.watch = watch;
        this.silence = silence;
        this.timer = closeIn(end);
    }

    /** Something came. */
    void heard(boolean bookmark) {
        bookmarks |= bookmark;
        if (bookmarks) {
            timer.complete(null);
            timer = closeIn(silence);
        }
    }

    private CompletableFuture<Void> closeIn(Duration time) {
        CompletableFuture<Void> waiting =
                new CompletableFuture<Void>().orTimeout(time.toMillis(), TimeUnit.MILLISECONDS);
        waiting.whenComplete((done, late) -> {
            if (late != null) {
                closeQuietly();
            }
        });
        return waiting;
    }

    private void closeQuietly() {
        try {
            watch.close();
        } catch (IOException e) {
            LOG.debug("closing a watch", e);
        }
    }

    @Override
    public void close() {
        timer.complete(null);
    }
}

package io.periplus.nodeagent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy of one collection of the API, kept up to date.
 *
 * <pre>
 * listing ── listed ──▶ watching ── stream ended ──▶ watching again from the last version
 *    ▲ ▲                   │
 *    │ └── 410 Gone ───────┤
 *    └──── failed, pause ──┘   (0.2 s … 5 s)
 * </pre>
 *
 * <p>A watch that ended at once without a word, and a 410 that follows another, count as failed.
 *
 * @param <T> what is kept of an object
 */
final class Informer<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Informer.class);
    private static final int GONE = 410;
    private static final long PAUSE_MILLIS_MIN = 200;
    private static final long PAUSE_MILLIS_MAX = 5_000;
    /** The server ends a watch after this; a connection that died silently is noticed a little later. */
    private static final int WATCH_SECONDS = 240;

    private static final Duration WATCH_MAX = Duration.ofSeconds(WATCH_SECONDS + 30);

    /** A watch that ends sooner, and has told nothing, was none. */
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    /** Bookmarks come about once a minute. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(90);

    private final KubeApi api;
    private final String path;
    private final String selector;
    private final Function<JsonNode, T> read;
    private final Consumer<T> changed;
    private final Duration silence;
    private final Map<String, T> objects = new ConcurrentHashMap<>();
    private final CountDownLatch listed = new CountDownLatch(1);
    private final CountDownLatch stop = new CountDownLatch(1);
    private String version = "";
    private @Nullable Thread thread;

    /**
     * @param path of the collection, such as {@code /api/v1/pods}
     * @param selector a query part such as {@code fieldSelector=…}, or empty
     * @param read takes from an object what is needed
     * @param changed is told of every object that was added, changed or removed, as it is or was
     */
    Informer(KubeApi api, String path, String selector, Function<JsonNode, T> read, Consumer<T> changed) {
        this(api, path, selector, read, changed, SILENCE_MAX);
    }

    /** @param silence after which a watch with bookmarks is taken for dead */
    Informer(
            KubeApi api,
            String path,
            String selector,
            Function<JsonNode, T> read,
            Consumer<T> changed,
            Duration silence) {
        this.silence = silence;
        this.api = api;
        this.path = path;
        this.selector = selector;
        this.read = read;
        this.changed = changed;
    }

    /** Starts, and returns when the first list is there. */
    void start() throws InterruptedException {
        thread = Thread.ofVirtual().name("informer-" + path).start(this::run);
        listed.await();
    }

    /** The object with this uid. */
    @Nullable
    T get(String uid) {
        return objects.get(uid);
    }

    Collection<T> all() {
        return List.copyOf(objects.values());
    }

    private void run() {
        long pause = PAUSE_MILLIS_MIN;
        boolean gone = false;
        while (stop.getCount() > 0) {
            try {
                if (version.isEmpty()) {
                    list();
                }
                if (!watch()) {
                    throw new IOException("a watch ended as soon as it had begun");
                }
                pause = PAUSE_MILLIS_MIN;
                gone = false;
            } catch (KubeApi.StatusException e) {
                version = "";
                if (e.status() != GONE || gone) {
                    pause = pause(e, pause);
                }
                gone = e.status() == GONE;
            } catch (IOException e) {
                pause = pause(e, pause);
            } catch (RuntimeException e) {
                // An object that is not as expected: the next list may be.
                version = "";
                pause = pause(e, pause);
            }
        }
    }

    /** Waits, and returns how long to wait the next time. */
    private long pause(Exception why, long millis) {
        if (stop.getCount() > 0) {
            LOG.warn("{}: {}; next attempt in {} ms", path, why.getMessage(), millis);
        }
        try {
            if (stop.await(millis + ThreadLocalRandom.current().nextLong(millis / 4), TimeUnit.MILLISECONDS)) {
                LOG.debug("{}: stopped", path);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Math.min(2 * millis, PAUSE_MILLIS_MAX);
    }

    private void list() throws IOException {
        JsonNode list = api.get(path + (selector.isEmpty() ? "" : "?" + selector));
        Map<String, T> fresh = new HashMap<>();
        for (JsonNode item : list.path("items")) {
            fresh.put(uid(item), read.apply(item));
        }
        Map<String, T> gone = new HashMap<>(objects);
        gone.keySet().removeAll(fresh.keySet());
        objects.putAll(fresh);
        objects.keySet().retainAll(fresh.keySet());
        version = list.path("metadata").path("resourceVersion").asText();
        listed.countDown();
        gone.values().forEach(changed);
        fresh.values().forEach(changed);
    }

    /** Returns whether it was of use: it told something, or lasted. */
    private boolean watch() throws IOException {
        long begun = System.nanoTime();
        boolean told = false;
        String query = "?watch=true&allowWatchBookmarks=true&timeoutSeconds=" + WATCH_SECONDS + "&resourceVersion="
                + version + (selector.isEmpty() ? "" : "&" + selector);
        try (InputStream stream = api.stream(path + query);
                WatchDeadline deadline = new WatchDeadline(stream, WATCH_MAX, silence);
                BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            String line;
            while ((line = lines.readLine()) != null && stop.getCount() > 0) {
                told = true;
                JsonNode event = api.parse(line);
                deadline.heard("BOOKMARK".equals(event.path("type").asText()));
                apply(event);
            }
        }
        return told || System.nanoTime() - begun >= AT_ONCE.toNanos();
    }

    private void apply(JsonNode event) throws IOException {
        JsonNode object = event.path("object");
        String type = event.path("type").asText();
        switch (type) {
            case "ADDED", "MODIFIED" -> {
                T value = read.apply(object);
                objects.put(uid(object), value);
                version = versionOf(object);
                changed.accept(value);
            }
            case "DELETED" -> {
                objects.remove(uid(object));
                version = versionOf(object);
                changed.accept(read.apply(object));
            }
            case "BOOKMARK" -> version = versionOf(object);
            default ->
                throw new KubeApi.StatusException(
                        object.path("code").asInt(),
                        type + " " + object.path("message").asText());
        }
    }

    private static String uid(JsonNode object) {
        return object.path("metadata").path("uid").asText();
    }

    private static String versionOf(JsonNode object) {
        return object.path("metadata").path("resourceVersion").asText();
    }

    @Override
    public void close() {
        stop.countDown();
        if (thread != null) {
            thread.interrupt();
        }
    }
}

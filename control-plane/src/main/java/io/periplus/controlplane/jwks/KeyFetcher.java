package io.periplus.controlplane.jwks;

import io.periplus.controlplane.Metrics;
import io.periplus.model.authn.FetchedKeys;
import io.periplus.model.authn.KeySource;
import io.periplus.model.authn.WantedKeys;
import io.periplus.model.collection.Change;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the keys of all sources that are needed: one virtual thread for each, so that one which hangs holds up none of the
 * others. What was fetched once stays in use while newer keys cannot be fetched. Sources that nothing needs any more are
 * kept fresh for some days, as policies come back, and forgotten then.
 */
public final class KeyFetcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyFetcher.class);

    /** Each has a thread, a timer and up to 1 MiB in flight; more issuers than this is somebody's accident. */
    private static final int SOURCES_MOST = 1000;

    /** Takes what came of fetching a source; null when it is forgotten. */
    @FunctionalInterface
    public interface Results {
        void put(KeySource source, @Nullable FetchedKeys keys);
    }

    private final JwksSettings settings;
    private final HttpFetch http;
    private final KeyFetch fetch;
    private final Results results;
    private final Metrics metrics;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<KeySource, KeyWatch> watches = new LinkedHashMap<>();
    private @Nullable SSLSocketFactory tls;

    public KeyFetcher(JwksSettings settings, Results results, Metrics metrics) {
        this.settings = settings;
        this.results = results;
        this.metrics = metrics;
        this.http = new HttpFetch(new AddressRules(settings.blocked(), settings.loopback()), this::tls);
        this.fetch = new KeyFetch(http);
    }

    /** Takes changes of what is needed. Does not block. */
    public void changed(Map<WantedKeys.Key, Change<WantedKeys>> changes) {
        Map<KeySource, FetchedKeys> refused = new HashMap<>();
        lock.lock();
        try {
            changes.forEach((key, change) -> {
                WantedKeys wanted = change.after();
                KeyWatch watch = watches.get(key.source());
                if (wanted == null) {
                    if (watch != null) {
                        watch.unwanted(key.policy());
                    }
                } else if (watch != null || makeRoom()) {
                    watches.computeIfAbsent(key.source(), this::begin).wanted(key.policy(), wanted.timeout());
                } else {
                    refused.put(key.source(), new FetchedKeys("", "more than " + SOURCES_MOST + " sources of keys"));
                }
            });
        } finally {
            lock.unlock();
        }
        refused.forEach(results::put);
    }

    private KeyWatch begin(KeySource source) {
        KeyWatch watch = new KeyWatch(settings, this::attempt, this::forget, source);
        watch.start();
        return watch;
    }

    // The source that has been unused for longest goes for a new one.
    private boolean makeRoom() {
        if (watches.size() < SOURCES_MOST) {
            return true;
        }
        Optional<KeyWatch> oldest = watches.values().stream()
                .filter(watch -> watch.unusedNanos() > 0)
                .max(Comparator.comparingLong(KeyWatch::unusedNanos));
        oldest.ifPresent(watch -> {
            watch.close();
            watches.remove(watch.source());
        });
        return oldest.isPresent();
    }

    private FetchedKeys attempt(KeySource source, Duration timeout, FetchedKeys before) {
        FetchedKeys after;
        try {
            after = new FetchedKeys(fetch.keys(source, timeout), "");
            metrics.counter("pilot_jwks_resolver_network_fetch_success_total", "")
                    .increment();
        } catch (Exception e) {
            String problem = e.getMessage() == null ? e.toString() : e.getMessage();
            after = new FetchedKeys(before.jwks(), problem);
            metrics.counter("pilot_jwks_resolver_network_fetch_fail_total", "").increment();
            LOG.warn(
                    "keys of {} could not be fetched: {}; {}",
                    source,
                    problem,
                    before.jwks().isEmpty() ? "every token that needs them is refused" : "those from before stay");
        }
        if (!after.equals(before)) {
            if (!after.jwks().equals(before.jwks())) {
                LOG.info("new keys of {}", source);
            }
            results.put(source, after);
        }
        return after;
    }

    private boolean forget(KeyWatch watch) {
        lock.lock();
        try {
            if (watch.unusedNanos() < settings.unused().toNanos()) {
                return false;
            }
            watches.remove(watch.source());
        } finally {
            lock.unlock();
        }
        results.put(watch.source(), null);
        return true;
    }

    private SSLSocketFactory tls() {
        lock.lock();
        try {
            SSLSocketFactory made = tls;
            if (made == null) {
                made = TrustedRoots.sockets(settings.extraRoots());
                tls = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            watches.values().forEach(KeyWatch::close);
            watches.clear();
        } finally {
            lock.unlock();
        }
        http.close();
    }
}

package io.periplus.waypoint.authn;

import io.netty.channel.EventLoop;
import io.periplus.waypoint.exchange.Gate;
import io.periplus.waypoint.exchange.RequestContext;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the tokens of requests. A request without one passes, also where rules apply: policies may ask for one. Every
 * token that is found has to hold, as nobody knows which of them the endpoint will look at. Belongs to one event loop.
 */
final class TokenGate implements Gate {
    private final EventLoop loop;
    private final Supplier<Authentications> authentications;
    private final Verifiers verifiers;
    private final LongSupplier clockSeconds;
    private final TokenCache cache = new TokenCache();
    /** Tokens that are being verified, and who waits to look again. */
    private final Map<String, Queue<Runnable>> inProgress = new HashMap<>();

    TokenGate(
            EventLoop loop, Supplier<Authentications> authentications, Verifiers verifiers, LongSupplier clockSeconds) {
        this.loop = loop;
        this.authentications = authentications;
        this.verifiers = verifiers;
        this.clockSeconds = clockSeconds;
    }

    @Override
    public void clean(RequestContext request) {
        TokenRules rules = authentications.get().of(request.addressed());
        if (rules != null) {
            rules.clean(request.head().headers());
        }
    }

    @Override
    public void enter(RequestContext request, Passage passage) {
        TokenRules rules = authentications.get().of(request.addressed());
        if (rules == null) {
            passage.pass();
            return;
        }
        List<FoundToken> found = rules.take(request.head());
        if (found.isEmpty()) {
            passage.pass();
        } else {
            new Inspection(this, request, passage, found).step();
        }
    }

    long nowSeconds() {
        return clockSeconds.getAsLong();
    }

    @Nullable
    VerifiedToken known(String token) {
        return cache.get(token);
    }

    void learned(String token, VerifiedToken verified) {
        cache.put(token, verified);
    }

    /** If the token is being verified for another request, looks again when that is done. */
    boolean waits(String token, Runnable again) {
        Queue<Runnable> waiting = inProgress.get(token);
        if (waiting == null) {
            return false;
        }
        waiting.add(again);
        return true;
    }

    /**
     * Has something done elsewhere; {@code done} is called on the event loop.
     *
     * @return false when too much is waiting
     */
    boolean elsewhere(String token, Runnable work, Runnable done) {
        boolean taken = verifiers.submit(() -> {
            try {
                work.run();
            } finally {
                loop.execute(() -> finished(token, done));
            }
        });
        if (taken) {
            inProgress.put(token, new ArrayDeque<>());
        }
        return taken;
    }

    private void finished(String token, Runnable done) {
        Queue<Runnable> waiting = inProgress.remove(token);
        done.run();
        if (waiting != null) {
            waiting.forEach(Runnable::run);
        }
    }
}

package io.periplus.waypoint.authn;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.exchange.Gate;
import io.periplus.waypoint.exchange.RequestContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
    public void enter(RequestContext request, Passage passage) {
        TokenRules rules = authentications.get().of(request.addressed());
        if (rules == null) {
            passage.pass();
            return;
        }
        RequestHead head = request.head();
        List<FoundToken> found = isPreflight(head) ? List.of() : find(head, rules);
        // After the tokens were read: one of the headers may hold a token.
        for (int i = 0; i < rules.outputs().size(); i++) {
            head.headers().remove(rules.outputs().get(i));
        }
        if (found.isEmpty()) {
            passage.pass();
        } else {
            new Inspection(this, request, passage, found).step();
        }
    }

    private static List<FoundToken> find(RequestHead head, TokenRules rules) {
        List<FoundToken> found = new ArrayList<>(1);
        rules.byPlace()
                .forEach((place, candidates) ->
                        place.find(head, text -> found.add(new FoundToken(text, place, candidates))));
        return found;
    }

    // Browsers ask before they send credentials (Fetch §3.2.5).
    private static boolean isPreflight(RequestHead head) {
        if (!head.method().equals("OPTIONS")) {
            return false;
        }
        HttpHeaders headers = head.headers();
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        String method = headers.get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
        return origin != null && !origin.isEmpty() && method != null && !method.isEmpty();
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

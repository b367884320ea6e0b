package io.periplus.controlplane.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Turns bearer tokens of service accounts into {@link Caller}s. Accepted tokens are remembered for a few seconds, so
 * that a ztunnel that asks for the certificates of all its pods at once costs one review.
 */
public final class TokenAuthenticator {
    private static final String USER_PREFIX = "system:serviceaccount:";
    private static final String GROUP = "system:serviceaccounts";

    // Long enough for a burst of requests, short enough that a revoked token gains nothing worth having.
    private static final Duration REMEMBERED = Duration.ofSeconds(10);
    // One token per proxy: far more proxies than reconnect within ten seconds.
    private static final int REMEMBERED_MAX = 4_096;

    private record Accepted(Caller caller, Instant until) {}

    private final TokenReviewer reviewer;
    private final List<String> audiences;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Accepted> accepted = new LinkedHashMap<>();

    public TokenAuthenticator(TokenReviewer reviewer, List<String> audiences, Clock clock) {
        this.reviewer = reviewer;
        this.audiences = List.copyOf(audiences);
        this.clock = clock;
    }

    /** The caller of a token; empty when the token is refused or is not a service account's. */
    public Optional<Caller> authenticate(String token) throws ReviewUnavailableException {
        String digest = digest(token);
        Caller known = remembered(digest);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Caller> caller = reviewer.review(token, audiences).flatMap(TokenAuthenticator::caller);
        caller.ifPresent(c -> remember(digest, c));
        return caller;
    }

    private @Nullable Caller remembered(String digest) {
        lock.lock();
        try {
            Accepted found = accepted.get(digest);
            return found != null && found.until().isAfter(clock.instant()) ? found.caller() : null;
        } finally {
            lock.unlock();
        }
    }

    private void remember(String digest, Caller caller) {
        lock.lock();
        try {
            Instant now = clock.instant();
            accepted.values().removeIf(entry -> !entry.until().isAfter(now));
            if (accepted.size() < REMEMBERED_MAX) {
                accepted.put(digest, new Accepted(caller, now.plus(REMEMBERED)));
            }
        } finally {
            lock.unlock();
        }
    }

    private static Optional<Caller> caller(TokenReviewer.Review review) {
        String[] parts = review.user().startsWith(USER_PREFIX)
                ? review.user().substring(USER_PREFIX.length()).split(":", -1)
                : new String[0];
        if (parts.length != 2 || !review.groups().contains(GROUP)) {
            return Optional.empty();
        }
        return Optional.of(new Caller(
                parts[0],
                parts[1],
                first(review, "authentication.kubernetes.io/pod-name"),
                first(review, "authentication.kubernetes.io/pod-uid")));
    }

    private static String first(TokenReviewer.Review review, String key) {
        List<String> values = review.extra().getOrDefault(key, List.of());
        return values.isEmpty() ? "" : values.getFirst();
    }

    private static String digest(String token) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

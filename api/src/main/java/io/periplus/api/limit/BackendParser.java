package io.periplus.api.limit;

import io.periplus.api.limit.RateLimitPolicy.Backend;
import io.periplus.api.limit.RateLimitPolicy.Tls;
import io.periplus.api.security.SpecReader;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads who counts for all proxies. */
final class BackendParser {
    private static final Duration TIMEOUT_DEFAULT = Duration.ofMillis(50);

    /** A request that waits longer has been forgotten by its client. */
    private static final Duration TIMEOUT_MAX = Duration.ofSeconds(10);

    private static final int DATABASE_MAX = 16_383;
    private static final Pattern ADDRESS = Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):([0-9]{1,5})");

    private BackendParser() {}

    /** Null when every proxy counts for itself. */
    static @Nullable Backend parse(SpecReader spec) {
        String scope = Objects.requireNonNullElse(spec.text("scope"), "Local");
        SpecReader backend = spec.object("backend");
        Duration timeout = timeout(backend);
        boolean redis = backend.has("redis");
        boolean service = backend.has("rateLimitService");
        Backend found = null;
        if (redis) {
            found = redis(backend.object("redis"), timeout);
        } else if (service) {
            found = service(backend.object("rateLimitService"), timeout);
        }
        if (redis && service) {
            backend.object("rateLimitService");
            backend.problem("rateLimitService", "set together with redis; a policy has one backend");
        }
        backend.end();
        switch (scope) {
            case "Global" -> {
                if (found == null) {
                    spec.problem("backend", "scope Global needs backend.redis or backend.rateLimitService");
                }
            }
            case "Local" -> {
                if (found != null) {
                    spec.problem("scope", "is Local although there is a backend; set Global, or leave the backend out");
                }
            }
            default -> spec.problem("scope", "unknown scope \"" + scope + "\" (expected Local or Global)");
        }
        return found;
    }

    private static Duration timeout(SpecReader backend) {
        String text = backend.text("timeout");
        if (text == null) {
            return TIMEOUT_DEFAULT;
        }
        Duration timeout = Durations.parse(text);
        if (timeout == null || timeout.compareTo(TIMEOUT_MAX) > 0) {
            backend.problem("timeout", "\"" + text + "\" is no time up to 10s, such as 50ms");
            return TIMEOUT_DEFAULT;
        }
        return timeout;
    }

    private static Backend redis(SpecReader redis, Duration timeout) {
        String address = address(redis);
        Tls tls = tls(redis);
        Long database = redis.number("database");
        if (database != null && (database < 0 || database > DATABASE_MAX)) {
            redis.problem("database", database + " is no database (expected 0 to " + DATABASE_MAX + ")");
            database = 0L;
        }
        String secret = secret(redis, "secretRef");
        redis.end();
        return new Backend.Redis(address, timeout, tls, database == null ? 0 : Math.toIntExact(database), secret);
    }

    private static Backend service(SpecReader service, Duration timeout) {
        String address = address(service);
        Tls tls = tls(service);
        String domain = Objects.requireNonNullElse(service.text("domain"), "");
        if (domain.isEmpty()) {
            service.problem("domain", "is missing; rate limit services keep their limits by domain");
        }
        service.end();
        return new Backend.Service(address, timeout, tls, domain);
    }

    private static String address(SpecReader backend) {
        String address = Objects.requireNonNullElse(backend.text("address"), "");
        var matcher = ADDRESS.matcher(address);
        if (!matcher.matches()
                || Integer.parseInt(matcher.group(2)) > 65_535
                || matcher.group(2).equals("0")) {
            backend.problem("address", "\"" + address + "\" is not of the form host:port");
        }
        return address;
    }

    private static @Nullable Tls tls(SpecReader backend) {
        if (!backend.has("tls")) {
            backend.object("tls");
            return null;
        }
        SpecReader tls = backend.object("tls");
        Tls found = new Tls(Objects.requireNonNullElse(tls.text("serverName"), ""), secret(tls, "caSecretRef"));
        tls.end();
        return found;
    }

    private static @Nullable String secret(SpecReader owner, String field) {
        if (!owner.has(field)) {
            owner.object(field);
            return null;
        }
        SpecReader ref = owner.object(field);
        String name = Objects.requireNonNullElse(ref.text("name"), "");
        ref.end();
        if (name.isEmpty()) {
            ref.problem("name", "is missing");
        }
        return name;
    }
}

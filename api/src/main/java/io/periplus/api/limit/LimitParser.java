package io.periplus.api.limit;

import io.periplus.api.cel.Expressions;
import io.periplus.api.limit.RateLimitPolicy.Header;
import io.periplus.api.limit.RateLimitPolicy.Key;
import io.periplus.api.limit.RateLimitPolicy.Limit;
import io.periplus.api.limit.RateLimitPolicy.Match;
import io.periplus.api.security.SpecReader;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads limits.
 *
 * @param asked whether a rate limit service is asked, which may know the numbers itself
 */
record LimitParser(boolean asked) {
    /** Names stand in metrics, logs and header fields. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9._]{0,61}[a-z0-9])?");

    private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9a-zA-Z-]{1,256}");
    private static final Pattern DESCRIPTOR = Pattern.compile("([A-Za-z0-9_.-]{1,64})=(.*)", Pattern.DOTALL);
    private static final int KEYS_MAX = 8;
    private static final int LIMITS_MAX = 32;
    private static final long REQUESTS_MAX = 1_000_000_000;
    private static final int COST_MAX = 1_000_000;

    /** Beyond, the time that one request takes is a matter of nanoseconds, which is not what is counted. */
    private static final long PER_SECOND_MAX = 1_000_000;

    /** A bucket that takes longer to fill is no limit; times stay far from where 64 bits end. */
    private static final Duration REFILL_MAX = Duration.ofDays(3_660);

    private static final Duration UNKNOWN = Duration.ofSeconds(1);

    List<Limit> parse(SpecReader owner, boolean override) {
        List<SpecReader> found = owner.objects("rateLimits");
        if (found.size() > LIMITS_MAX) {
            owner.problem("rateLimits", found.size() + " limits (expected: at most " + LIMITS_MAX + ")");
            return List.of();
        }
        return found.stream().map(limit -> limit(limit, override)).toList();
    }

    private Limit limit(SpecReader limit, boolean override) {
        String name = Objects.requireNonNullElse(limit.text("name"), "");
        if (!NAME.matcher(name).matches()) {
            limit.problem(
                    "name", "\"" + name + "\" is no name (expected: up to 63 lower-case letters, digits, -, . and _)");
        }
        boolean unlimited = limit.flag("unlimited");
        Match match = limit.has("match") ? match(limit.object("match")) : null;
        List<Key> keys = new ArrayList<>();
        List<String> parts = limit.texts("key");
        if (parts.size() > KEYS_MAX) {
            limit.problem("key", parts.size() + " parts (expected: at most " + KEYS_MAX + ")");
        }
        for (String part : parts) {
            Key key = key(limit, part);
            if (key != null) {
                keys.add(key);
            }
        }
        Long requests = limit.number("requests");
        String unit = limit.text("per");
        Long burst = limit.number("burst");
        Long cost = limit.number("cost");
        limit.end();
        if (unlimited) {
            if (requests != null || unit != null) {
                limit.problem("unlimited", "is set together with requests; keep one");
            }
            return new Limit(name, null, List.of(), 0, UNKNOWN, 0, 1, true, override);
        }
        Duration per = per(limit, unit, requests);
        check(limit, requests, per, burst, cost);
        long most = requests == null ? 0 : requests;
        return new Limit(
                name,
                match,
                List.copyOf(keys),
                most,
                per,
                burst == null ? most : burst,
                cost == null || cost < 1 || cost > COST_MAX ? 1 : Math.toIntExact(cost),
                false,
                override);
    }

    private Duration per(SpecReader limit, @Nullable String unit, @Nullable Long requests) {
        if (unit == null) {
            if (!asked || requests != null) {
                limit.problem("per", "is missing (expected second, minute, hour, day or a duration such as 90s)");
            }
            return UNKNOWN;
        }
        Duration per = Durations.unit(unit);
        if (per == null) {
            limit.problem("per", "\"" + unit + "\" is no time (expected second, minute, hour, day or such as 90s)");
            return UNKNOWN;
        }
        return per;
    }

    private void check(
            SpecReader limit, @Nullable Long requests, Duration per, @Nullable Long burst, @Nullable Long cost) {
        if (requests == null) {
            if (!asked) {
                limit.problem("requests", "is missing");
            }
            return;
        }
        if (requests < 1 || requests > REQUESTS_MAX) {
            limit.problem("requests", requests + " (expected: 1 to " + REQUESTS_MAX + ")");
            return;
        }
        if (requests * 1000.0 / per.toMillis() > PER_SECOND_MAX) {
            limit.problem("requests", "more than " + PER_SECOND_MAX + " a second cannot be counted");
        }
        long most = burst == null ? requests : burst;
        if (most < 1 || most > REQUESTS_MAX) {
            limit.problem("burst", most + " (expected: 1 to " + REQUESTS_MAX + ")");
            return;
        }
        BigInteger refill = BigInteger.valueOf(per.toMillis())
                .multiply(BigInteger.valueOf(most))
                .divide(BigInteger.valueOf(requests));
        if (refill.compareTo(BigInteger.valueOf(REFILL_MAX.toMillis())) > 0) {
            limit.problem("burst", "would take more than ten years to be refilled");
        }
        if (cost != null && (cost < 1 || cost > COST_MAX)) {
            limit.problem("cost", cost + " (expected: 1 to " + COST_MAX + ")");
        } else if (cost != null && cost > most) {
            limit.problem(
                    "cost", "of one request is more than the burst of " + most + ", so that none would ever pass");
        }
    }

    private static Match match(SpecReader match) {
        List<String> methods = match.texts("methods");
        List<String> paths = match.texts("paths");
        for (String path : paths) {
            int star = path.indexOf('*');
            if (star > 0 && star < path.length() - 1 || star == 0 && path.indexOf('*', 1) >= 0) {
                match.problem("paths", "\"" + path + "\" has * elsewhere than at its beginning or its end");
            }
        }
        List<Header> headers =
                match.objects("headers").stream().map(LimitParser::header).toList();
        String cel = Objects.requireNonNullElse(match.text("cel"), "");
        if (!cel.isEmpty()) {
            Expressions.problem(cel, Expressions.Result.CONDITION).ifPresent(why -> match.problem("cel", why));
        }
        match.end();
        return new Match(methods, paths, headers, cel);
    }

    private static Header header(SpecReader header) {
        String name = Objects.requireNonNullElse(header.text("name"), "").toLowerCase(Locale.ROOT);
        if (!HEADER.matcher(name).matches()) {
            header.problem("name", "\"" + name + "\" is no name of a header");
        }
        Header found = new Header(name, Objects.requireNonNullElse(header.text("value"), "*"));
        header.end();
        return found;
    }

    private static @Nullable Key key(SpecReader limit, String text) {
        String plain = text;
        String descriptor = "";
        Matcher named = DESCRIPTOR.matcher(text);
        if (named.matches()) {
            descriptor = named.group(1);
            plain = named.group(2);
        }
        int colon = plain.indexOf(':');
        String word = colon < 0 ? plain : plain.substring(0, colon);
        String argument = colon < 0 ? "" : plain.substring(colon + 1).strip();
        for (Key.Kind kind : Key.Kind.values()) {
            if (kind.text.equals(word)) {
                String problem = argumentProblem(kind, argument);
                if (problem != null) {
                    limit.problem("key", "\"" + text + "\": " + problem);
                    return null;
                }
                String value = kind == Key.Kind.HEADER ? argument.toLowerCase(Locale.ROOT) : argument;
                String standard = kind.descriptor.isEmpty() ? value : kind.descriptor;
                return new Key(kind, value, descriptor.isEmpty() ? standard : descriptor);
            }
        }
        limit.problem(
                "key",
                "\"" + text + "\" is unknown (expected identity, namespace, clientAddress, method, path, host,"
                        + " header:<name>, claim:<path> or cel:<expression>)");
        return null;
    }

    private static @Nullable String argumentProblem(Key.Kind kind, String argument) {
        if (!kind.takesArgument()) {
            return argument.isEmpty() ? null : "takes nothing after the colon";
        }
        if (argument.isEmpty()) {
            return "needs something after the colon";
        }
        return switch (kind) {
            case HEADER -> HEADER.matcher(argument).matches() ? null : "is no name of a header";
            case CEL -> Expressions.problem(argument, Expressions.Result.VALUE).orElse(null);
            default -> null;
        };
    }
}

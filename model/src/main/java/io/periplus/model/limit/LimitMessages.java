package io.periplus.model.limit;

import com.google.protobuf.Duration;
import io.periplus.api.NamespacedName;
import io.periplus.api.limit.RateLimitPolicy;
import io.periplus.api.limit.RateLimitPolicy.Backend;
import io.periplus.api.limit.RateLimitPolicy.Key;
import io.periplus.api.limit.RateLimitPolicy.Limit;
import io.periplus.api.limit.RateLimitPolicy.Match;
import io.periplus.api.limit.RateLimitPolicy.Tls;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.input.CredentialInput;
import io.periplus.wire.waypoint.HeaderValue;
import io.periplus.wire.waypoint.LimitBackend;
import io.periplus.wire.waypoint.LimitKey;
import io.periplus.wire.waypoint.LimitMatch;
import io.periplus.wire.waypoint.LimitResponse;
import io.periplus.wire.waypoint.LimitTls;
import io.periplus.wire.waypoint.RateLimit;
import io.periplus.wire.waypoint.RateLimitServiceBackend;
import io.periplus.wire.waypoint.RedisBackend;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From policies to what proxies are sent, with the Secrets that they refer to.
 *
 * @param credentials Secrets with authorities or passwords
 */
public record LimitMessages(Collection<NamespacedName, CredentialInput> credentials) {
    /** What is wrong with a policy, its references included; empty when all of it can be applied. */
    List<String> problems(Fetch fetch, RateLimitPolicy policy) {
        List<String> problems = new ArrayList<>(policy.problems());
        Backend backend = policy.backend();
        if (backend instanceof Backend.Redis redis && redis.secret() != null) {
            NamespacedName name = beside(policy, redis.secret());
            CredentialInput secret = fetch.get(credentials, name);
            if (secret == null || secret.password().isEmpty()) {
                problems.add("spec.backend.redis.secretRef: Secret " + name + " does not exist or holds no password");
            }
        }
        Tls tls = backend == null ? null : backend.tls();
        if (tls != null && tls.caSecret() != null) {
            NamespacedName name = beside(policy, tls.caSecret());
            CredentialInput secret = fetch.get(credentials, name);
            if (secret == null || secret.authorities().isEmpty()) {
                problems.add("spec.backend tls.caSecretRef: Secret " + name + " does not exist or holds no ca.crt");
            } else if (!secret.problem().isEmpty()) {
                problems.add("spec.backend tls.caSecretRef: Secret " + name + ": " + secret.problem());
            }
        }
        return problems;
    }

    /** The message without its targets. */
    io.periplus.wire.waypoint.RateLimitPolicy of(Fetch fetch, RateLimitPolicy policy) {
        var message = io.periplus.wire.waypoint.RateLimitPolicy.newBuilder()
                .setNamespace(policy.key().namespace())
                .setName(policy.key().name())
                .setDryRun(policy.dryRun());
        List<String> problems = problems(fetch, policy);
        if (!problems.isEmpty()) {
            return message.setUnusable(String.join("; ", problems)).build();
        }
        policy.limits().forEach(limit -> message.addLimits(limit(limit)));
        Backend backend = policy.backend();
        if (backend != null) {
            message.setBackend(backend(fetch, policy, backend));
        }
        return message.setFailOpen(policy.failOpen())
                .setResponse(LimitResponse.newBuilder()
                        .setHeaders(
                                switch (policy.response().headers()) {
                                    case ALWAYS -> LimitResponse.Headers.ALWAYS;
                                    case ON_LIMIT -> LimitResponse.Headers.ON_LIMIT;
                                    case NEVER -> LimitResponse.Headers.NEVER;
                                })
                        .setBody(policy.response().body())
                        .setResourceExhausted(policy.response().resourceExhausted()))
                .build();
    }

    private static RateLimit limit(Limit limit) {
        RateLimit.Builder message = RateLimit.newBuilder()
                .setName(limit.name())
                .setRequests(limit.requests())
                .setPer(duration(limit.per()))
                .setBurst(limit.burst())
                .setCost(limit.cost())
                .setUnlimited(limit.unlimited())
                .setOverride(limit.override());
        Match match = limit.match();
        if (match != null) {
            LimitMatch.Builder matching = LimitMatch.newBuilder()
                    .addAllMethods(match.methods())
                    .addAllPaths(match.paths())
                    .setCel(match.cel());
            match.headers()
                    .forEach(header -> matching.addHeaders(
                            HeaderValue.newBuilder().setName(header.name()).setValue(header.value())));
            message.setMatch(matching);
        }
        limit.key()
                .forEach(key -> message.addKey(LimitKey.newBuilder()
                        .setKind(kind(key.kind()))
                        .setArgument(key.argument())
                        .setEntry(key.descriptor())));
        return message.build();
    }

    private static LimitKey.Kind kind(Key.Kind kind) {
        return switch (kind) {
            case IDENTITY -> LimitKey.Kind.IDENTITY;
            case NAMESPACE -> LimitKey.Kind.NAMESPACE;
            case CLIENT_ADDRESS -> LimitKey.Kind.CLIENT_ADDRESS;
            case METHOD -> LimitKey.Kind.METHOD;
            case PATH -> LimitKey.Kind.PATH;
            case HOST -> LimitKey.Kind.HOST;
            case HEADER -> LimitKey.Kind.HEADER;
            case CLAIM -> LimitKey.Kind.CLAIM;
            case CEL -> LimitKey.Kind.CEL;
        };
    }

    private LimitBackend backend(Fetch fetch, RateLimitPolicy policy, Backend backend) {
        LimitBackend.Builder message =
                LimitBackend.newBuilder().setAddress(backend.address()).setTimeout(duration(backend.timeout()));
        Tls tls = backend.tls();
        if (tls != null) {
            CredentialInput authorities = secret(fetch, policy, tls.caSecret());
            message.setTls(LimitTls.newBuilder()
                    .setServerName(tls.serverName())
                    .setCaCertificates(authorities == null ? "" : authorities.authorities()));
        }
        switch (backend) {
            case Backend.Redis redis -> {
                CredentialInput password = secret(fetch, policy, redis.secret());
                message.setRedis(RedisBackend.newBuilder()
                        .setUsername(password == null ? "" : password.username())
                        .setPassword(password == null ? "" : password.password())
                        .setDatabase(redis.database()));
            }
            case Backend.Service service ->
                message.setService(RateLimitServiceBackend.newBuilder().setDomain(service.domain()));
        }
        return message.build();
    }

    private @Nullable CredentialInput secret(Fetch fetch, RateLimitPolicy policy, @Nullable String name) {
        return name == null ? null : fetch.get(credentials, beside(policy, name));
    }

    private static NamespacedName beside(RateLimitPolicy policy, String name) {
        return new NamespacedName(policy.key().namespace(), name);
    }

    private static Duration duration(java.time.Duration time) {
        return Duration.newBuilder()
                .setSeconds(time.getSeconds())
                .setNanos(time.getNano())
                .build();
    }
}

package io.periplus.api.limit;

import io.periplus.api.NamespacedName;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@code RateLimitPolicy} as its user wrote it.
 *
 * @param generation the object's generation, for status conditions
 * @param created    creation time as the API server wrote it (RFC 3339), so that order of age is order of text
 * @param limits     of {@code rateLimits}, {@code defaults} and {@code overrides}
 * @param backend    who counts; null when every proxy counts for itself
 * @param failOpen   whether requests pass while the backend does not answer
 * @param dryRun     counted and reported, not enforced
 * @param problems   what is wrong with it, one sentence each, naming the field; empty for a valid policy
 */
public record RateLimitPolicy(
        NamespacedName key,
        long generation,
        String created,
        List<TargetRef> targetRefs,
        List<Limit> limits,
        @Nullable Backend backend,
        boolean failOpen,
        boolean dryRun,
        Response response,
        List<String> problems) {

    /**
     * What it is attached to, in the policy's namespace.
     *
     * @param group       empty for the core group
     * @param sectionName of a listener or a rule; empty for the whole object
     */
    public record TargetRef(String group, String kind, String name, String sectionName) {}

    /**
     * A limit.
     *
     * @param match     which requests it counts; null for all
     * @param requests  in {@code per}; 0 when only a rate limit service knows
     * @param burst     how many may come at once
     * @param cost      of a request, at least 1
     * @param unlimited takes away what a more general level says under this name
     * @param override  a more special level cannot replace it
     */
    public record Limit(
            String name,
            @Nullable Match match,
            List<Key> key,
            long requests,
            Duration per,
            long burst,
            int cost,
            boolean unlimited,
            boolean override) {}

    /**
     * Which requests: everything given has to hold.
     *
     * @param cel empty for none
     */
    public record Match(List<String> methods, List<String> paths, List<Header> headers, String cel) {}

    /** @param name lower case */
    public record Header(String name, String value) {}

    /**
     * A part of what is counted by.
     *
     * @param argument   the header, lower case; the claim; the expression; empty for other kinds
     * @param descriptor the part's name for a rate limit service
     */
    public record Key(Kind kind, String argument, String descriptor) {
        /** Kinds of parts, as users write them. */
        public enum Kind {
            IDENTITY("identity", "source_principal"),
            NAMESPACE("namespace", "source_namespace"),
            CLIENT_ADDRESS("clientAddress", "remote_address"),
            METHOD("method", "method"),
            PATH("path", "path"),
            HOST("host", "host"),
            HEADER("header", ""),
            CLAIM("claim", ""),
            CEL("cel", "cel");

            final String text;
            final String descriptor;

            Kind(String text, String descriptor) {
                this.text = text;
                this.descriptor = descriptor;
            }

            boolean takesArgument() {
                return this == HEADER || this == CLAIM || this == CEL;
            }
        }
    }

    /** Who counts for all proxies. */
    public sealed interface Backend {
        /** {@code host:port}. */
        String address();

        /** How long a request waits for an answer. */
        Duration timeout();

        /** Null for a connection in clear. */
        @Nullable
        Tls tls();

        /** @param secret with the password, in the policy's namespace; null for none */
        record Redis(
                String address,
                Duration timeout,
                @Nullable Tls tls,
                int database,
                @Nullable String secret) implements Backend {}

        /** A service that speaks {@code envoy.service.ratelimit.v3}. */
        record Service(
                String address, Duration timeout, @Nullable Tls tls, String domain) implements Backend {}
    }

    /**
     * TLS to a backend.
     *
     * @param serverName empty for the host of the address
     * @param caSecret   with {@code ca.crt}, in the policy's namespace; null for the system's authorities
     */
    public record Tls(String serverName, @Nullable String caSecret) {}

    /**
     * The answer to requests beyond the limit.
     *
     * @param body empty for the default
     */
    public record Response(Headers headers, String body, boolean resourceExhausted) {
        /** Which answers tell about limits. */
        public enum Headers {
            ALWAYS,
            ON_LIMIT,
            NEVER
        }
    }
}

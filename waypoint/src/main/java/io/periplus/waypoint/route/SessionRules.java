package io.periplus.waypoint.route;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.index.Endpoint;
import io.periplus.dataplane.index.ServiceEntry;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How later requests of a session find the endpoint of the first. The value that the client keeps is a hash: it tells nothing
 * about the endpoint, and every replica of this proxy understands it.
 */
public final class SessionRules {
    private static final int HASH_BYTES = 16;

    /**
     * What the author asked for.
     *
     * @param cookie whether a cookie carries the session; else a header field of request and answer
     * @param name of the cookie or field
     * @param absoluteSeconds how long a session lives from its beginning; 0 for no limit
     * @param idleSeconds how long it lives from its last use; 0 for no limit
     * @param permanent whether the cookie outlives the browser
     * @param path of the cookie
     */
    public record Settings(
            boolean cookie, String name, long absoluteSeconds, long idleSeconds, boolean permanent, String path) {}

    /** The workloads behind a service, by what their sessions hold. */
    private record Directory(ServiceEntry of, Map<String, String> uids) {}

    private final String rule;
    private final Settings settings;
    /** By service; as many as the rule has backends. Computed anew when the service's endpoints change. */
    private final Map<String, Directory> directories = new ConcurrentHashMap<>();

    /** @param rule whose sessions these are: they are not shared between rules */
    SessionRules(String rule, Settings settings) {
        this.rule = rule;
        this.settings = settings;
    }

    public Settings settings() {
        return settings;
    }

    /** What the client brings, null if it brings nothing. */
    public @Nullable String valueOf(RequestHead head) {
        if (!settings.cookie) {
            return head.headers().get(settings.name);
        }
        if (!head.headers().contains(HttpHeaderNames.COOKIE)) {
            return null;
        }
        for (String line : head.headers().getAll(HttpHeaderNames.COOKIE)) {
            for (String pair : line.split(";", -1)) {
                int equals = pair.indexOf('=');
                if (equals > 0 && pair.substring(0, equals).trim().equals(settings.name)) {
                    return pair.substring(equals + 1).trim();
                }
            }
        }
        return null;
    }

    /** The uid of the workload of this service that a value's hash stands for, null if there is none (any more). */
    public @Nullable String workloadOf(ServiceEntry service, String hash) {
        Directory directory = directories.get(service.key());
        if (directory == null || directory.of != service) {
            directory = new Directory(service, uids(service));
            directories.put(service.key(), directory);
        }
        return directory.uids.get(hash);
    }

    private Map<String, String> uids(ServiceEntry service) {
        List<Endpoint> endpoints = service.endpoints();
        Map<String, String> uids = HashMap.newHashMap(endpoints.size());
        for (Endpoint endpoint : endpoints) {
            String uid = endpoint.workload().getUid();
            uids.put(hashOf(service.key(), uid), uid);
        }
        return uids;
    }

    /** What stands for a workload of a service in the values of these sessions. */
    public String hashOf(String service, String uid) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] all = digest.digest((rule + '\n' + service + '\n' + uid).getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(java.util.Arrays.copyOf(all, HASH_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * Gives the client a value to bring along.
     *
     * @param secure whether the client's connection is secured by TLS, which the cookie is then kept to
     */
    public void give(HttpHeaders answer, String value, boolean secure) {
        if (!settings.cookie) {
            answer.set(settings.name, value);
            return;
        }
        StringBuilder cookie = new StringBuilder(96)
                .append(settings.name)
                .append('=')
                .append(value)
                .append("; Path=")
                .append(settings.path)
                .append("; HttpOnly; SameSite=Lax");
        if (settings.permanent && settings.absoluteSeconds > 0) {
            cookie.append("; Max-Age=").append(settings.absoluteSeconds);
        }
        if (secure) {
            cookie.append("; Secure");
        }
        answer.add(HttpHeaderNames.SET_COOKIE, cookie.toString());
    }
}

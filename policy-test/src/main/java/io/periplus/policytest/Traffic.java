package io.periplus.policytest;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.http.PathNormalization;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.dataplane.policy.HttpAttributes;
import io.periplus.dataplane.policy.HttpRequestAttributes;
import io.periplus.dataplane.policy.RequestAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What policies may ask about a case, at each point of its way. */
final class Traffic {
    private Traffic() {}

    /** As the waypoint sees it, which knows requests. */
    static RequestAttributes atWaypoint(
            Case given, IpAddress destination, int port, String host, PathNormalization paths) {
        ConnectionAttributes connection = connection(given, given.client(), destination, port);
        Case.Request request = given.request();
        return request == null
                ? connection
                : new HttpRequestAttributes(
                        connection, new Http(request, given.claims(), host, pathOf(given, request, paths)));
    }

    /** As ztunnel sees it, where the client is {@code identity}. */
    static ConnectionAttributes connection(Case given, @Nullable SpiffeId identity, IpAddress destination, int port) {
        try {
            return new ConnectionAttributes(identity, IpAddress.parse(given.address()), destination, port);
        } catch (IllegalArgumentException e) {
            throw new UnreadableException(given.where() + ": from.ip: " + e.getMessage());
        }
    }

    private static String pathOf(Case given, Case.Request request, PathNormalization paths) {
        String target = paths.normalize(request.path());
        if (target == null) {
            throw new UnreadableException(given.where() + ": to.path \"" + request.path() + "\" is no path");
        }
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    private record Http(Case.Request request, @Nullable JsonNode claims, String addressed, String path)
            implements HttpAttributes {
        @Override
        public CharSequence method() {
            return request.method();
        }

        @Override
        public CharSequence host() {
            return request.host().isEmpty() ? addressed : request.host();
        }

        @Override
        public @Nullable CharSequence header(String name) {
            return request.headers().get(name);
        }

        @Override
        public @Nullable CharSequence requestPrincipal() {
            return claims == null
                    ? null
                    : claims.path("iss").asText() + "/" + claims.path("sub").asText();
        }

        @Override
        public Iterable<? extends CharSequence> claim(List<String> path) {
            if (claims == null) {
                return List.of();
            }
            JsonNode value = claims;
            for (String name : path) {
                value = value.path(name);
            }
            List<String> values = new ArrayList<>();
            if (value.isTextual()) {
                values.add(value.asText());
            } else if (value.isArray()) {
                value.forEach(element -> values.add(element.asText()));
            }
            return values;
        }
    }
}

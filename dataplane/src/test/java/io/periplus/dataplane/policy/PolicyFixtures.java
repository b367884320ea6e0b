package io.periplus.dataplane.policy;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.address.IpAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Clients and requests for the tests of this package. */
final class PolicyFixtures {
    static final SpiffeId FINANCE = new SpiffeId("cluster.local", "finance", "curl");
    static final SpiffeId OTHER = new SpiffeId("cluster.local", "other", "curl");

    private PolicyFixtures() {}

    static RequestAttributes tcp(@Nullable SpiffeId client) {
        return new ConnectionAttributes(client, IpAddress.parse("10.1.0.7"), IpAddress.parse("10.2.0.9"), 8080);
    }

    static RequestAttributes http(@Nullable SpiffeId client, String method, String path) {
        return http(client, method, path, "accounts.accounts.svc.cluster.local:8080", Map.of());
    }

    static RequestAttributes http(
            @Nullable SpiffeId client, String method, String path, String host, Map<String, String> headers) {
        return new HttpRequestAttributes(tcp(client), new Request(method, path, host, headers));
    }

    private record Request(CharSequence method, CharSequence path, CharSequence host, Map<String, String> headers)
            implements HttpAttributes {
        @Override
        public @Nullable CharSequence header(String name) {
            return headers.get(name);
        }
    }
}

package io.periplus.bench.contender;

import io.periplus.bench.machine.Program;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Envoy with one worker, its admin page off and no access log. */
public record Envoy(Path binary) implements Contender {
    @Override
    public String name() {
        return "envoy";
    }

    @Override
    public String version() {
        return Versions.of(binary.toString(), "--version");
    }

    @Override
    public boolean judges() {
        return true;
    }

    @Override
    public Program start(Place place) {
        StringBuilder routes = new StringBuilder();
        for (int i = 0; i < place.rules().routes(); i++) {
            routes.append("                - {match: {prefix: /r%d/}, route: {cluster: backend}}%n".formatted(i));
        }
        String text = "static_resources:\n  listeners:\n"
                + listener("http1", place.port(), "HTTP1", routes, rbac(place.rules()))
                + listener("http2", place.http2Port(), "HTTP2", routes, rbac(place.rules()))
                + """
                  clusters:
                  - name: backend
                    type: STATIC
                    connect_timeout: 5s
                    circuit_breakers: {thresholds: [{max_connections: 4096, max_pending_requests: 65536, max_requests: 65536}]}
                    load_assignment:
                      cluster_name: backend
                      endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]
                """.formatted(place.backendPort()).indent(0);
        Path file = ConfigFile.write(place.directory(), "envoy.yaml", text);
        return Program.start(
                "envoy",
                place.namespace(),
                place.core(),
                place.directory(),
                Map.of(),
                List.of(binary.toString(), "-c", file.toString(), "--concurrency", "1", "-l", "warning"));
    }

    private static String listener(String name, int port, String codec, CharSequence routes, CharSequence rbac) {
        return """
                  - name: %1$s
                    address: {socket_address: {address: 127.0.0.1, port_value: %2$d}}
                    filter_chains:
                    - filters:
                      - name: envoy.filters.network.http_connection_manager
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                          stat_prefix: %1$s
                          codec_type: %3$s
                          http_filters:
                %5$s          - name: envoy.filters.http.router
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                          route_config:
                            virtual_hosts:
                            - name: all
                              domains: ["*"]
                              routes:
                %4$s                - {match: {prefix: /}, route: {cluster: backend}}
                """.formatted(name, port, codec, routes, rbac);
    }

    /** Its filter with all policies in it, empty where there are none. */
    private static CharSequence rbac(Rules rules) {
        StringBuilder filter = new StringBuilder();
        if (rules.policies() > 0) {
            filter.append("""
                              - name: envoy.filters.http.rbac
                                typed_config:
                                  "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC
                                  rules:
                                    action: ALLOW
                                    policies:
                    """);
        }
        for (int i = 0; i < rules.policies(); i++) {
            filter.append(
                    "                  p%d: {permissions: [{url_path: {path: {exact: %s}}}], principals: [{any: true}]}%n"
                            .formatted(i, rules.path(i)));
        }
        return filter;
    }
}

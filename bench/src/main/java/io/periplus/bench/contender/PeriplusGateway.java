package io.periplus.bench.contender;

import io.periplus.bench.contender.Periplus.Role;
import io.periplus.bench.machine.Program;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Periplus as a Gateway of class {@code istio} at the edge, with its configuration in a file. It keeps Istio's request
 * metrics, which the others have no counterpart of; like theirs its access log is off.
 *
 * @param name as the table shows it
 * @param home directory of the distribution; empty for this class path
 * @param environment besides what it needs anyway
 */
public record PeriplusGateway(String name, String home, Map<String, String> environment) implements Contender {
    private static final String SERVICE = "backend.bench.svc.cluster.local";
    private static final int SERVICE_PORT = 80;
    private static final String ADDRESS_TYPE = "type.googleapis.com/istio.workload.Address";
    private static final String WAYPOINT_TYPES = "type.googleapis.com/periplus.waypoint.v1.";

    /** The one that measures. */
    public static PeriplusGateway own(Map<String, String> environment) {
        return new PeriplusGateway("periplus", Periplus.home(), environment);
    }

    @Override
    public String version() {
        return home.isEmpty() ? "class path" : home;
    }

    @Override
    public boolean judges() {
        return true;
    }

    @Override
    public Program start(Place place) {
        ConfigFile.write(
                place.directory(), "resources.json", "{\"resources\": [" + String.join(",\n", resources(place)) + "]}");
        Map<String, String> all = new HashMap<>(environment);
        all.put("LOCAL_XDS_PATH", place.directory().resolve("resources.json").toString());
        all.put("TERMINATION_DRAIN_DURATION_SECONDS", "0");
        all.put("CONCURRENCY", "1");
        return Periplus.start(Role.GATEWAY, home, name, place.namespace(), place.core(), place.directory(), all);
    }

    private static List<String> resources(Place place) {
        String address = Base64.getEncoder().encodeToString(new byte[] {127, 0, 0, 1});
        List<String> all = new ArrayList<>();
        all.add("""
                {"@type": "%s", "service": {"name": "backend", "namespace": "bench", "hostname": "%s",
                  "ports": [{"servicePort": %d, "targetPort": %d, "appProtocol": "HTTP11"}]}}""".formatted(ADDRESS_TYPE, SERVICE, SERVICE_PORT, place.backendPort()));
        all.add("""
                {"@type": "%s", "workload": {"uid": "backend-1", "name": "backend-1", "namespace": "bench",
                  "addresses": ["%s"],
                  "services": {"bench/%s": {"ports": [{"servicePort": %d, "targetPort": %d}]}}}}""".formatted(ADDRESS_TYPE, address, SERVICE, SERVICE_PORT, place.backendPort()));
        all.add("""
                {"@type": "%sGateway", "namespace": "default", "name": "local", "listeners": [
                  {"name": "http1", "port": %d, "protocol": "LISTENER_HTTP"},
                  {"name": "http2", "port": %d, "protocol": "LISTENER_HTTP"}]}""".formatted(WAYPOINT_TYPES, place.port(), place.http2Port()));
        all.add(route("all", ""));
        for (int i = 0; i < place.rules().routes(); i++) {
            all.add(route(
                    "r" + i,
                    "\"matches\": [{\"path\": {\"type\": \"PATH_PREFIX\", \"value\": \"/r%d\"}}],".formatted(i)));
        }
        for (int i = 0; i < place.rules().policies(); i++) {
            all.add("""
                    {"@type": "%sAuthorizationPolicy", "namespace": "bench", "name": "p%d", "action": "ALLOW",
                      "targets": [{"gateway": {}}], "rules": [{"to": [{"paths": ["%s"]}]}]}""".formatted(WAYPOINT_TYPES, i, place.rules().path(i)));
        }
        return all;
    }

    private static String route(String name, String matches) {
        return """
                {"@type": "%sRoute", "kind": "HTTP", "namespace": "bench", "name": "%s",
                  "parents": [{"listener": {"listener": "http1"}}, {"listener": {"listener": "http2"}}],
                  "rules": [{%s "backends": [{"weight": 1,
                    "service": {"namespace": "bench", "hostname": "%s", "port": %d}}]}]}""".formatted(WAYPOINT_TYPES, name, matches, SERVICE, SERVICE_PORT);
    }
}

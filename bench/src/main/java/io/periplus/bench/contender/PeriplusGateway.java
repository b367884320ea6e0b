package io.periplus.bench.contender;

import io.periplus.bench.contender.Periplus.Role;
import io.periplus.bench.machine.Program;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Periplus as a Gateway of class {@code istio} at the edge, with its configuration in a file. It keeps Istio's request
 * metrics, which the others have no counterpart of; like theirs its access log is off.
 *
 * @param environment besides what it needs anyway
 */
public record PeriplusGateway(Map<String, String> environment) implements Contender {
    private static final String SERVICE = "backend.bench.svc.cluster.local";
    private static final int SERVICE_PORT = 80;
    private static final String ADDRESS_TYPE = "type.googleapis.com/istio.workload.Address";
    private static final String WAYPOINT_TYPES = "type.googleapis.com/periplus.waypoint.v1.";

    @Override
    public String name() {
        return "periplus";
    }

    @Override
    public String version() {
        return Objects.requireNonNullElse(
                PeriplusGateway.class.getPackage().getImplementationVersion(), "of this source tree");
    }

    @Override
    public Program start(Place place) {
        ConfigFile.write(
                place.directory(), "resources.json", "{\"resources\": [" + String.join(",\n", resources(place)) + "]}");
        Map<String, String> all = new HashMap<>(environment);
        all.put("LOCAL_XDS_PATH", place.directory().resolve("resources.json").toString());
        all.put("TERMINATION_DRAIN_DURATION_SECONDS", "0");
        all.put("CONCURRENCY", "1");
        return Periplus.start(Role.GATEWAY, name(), place.namespace(), place.core(), place.directory(), all);
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
        for (int i = 0; i < place.routes(); i++) {
            all.add(route(
                    "r" + i,
                    "\"matches\": [{\"path\": {\"type\": \"PATH_PREFIX\", \"value\": \"/r%d\"}}],".formatted(i)));
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

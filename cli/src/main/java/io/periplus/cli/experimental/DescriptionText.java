package io.periplus.cli.experimental;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.text.Json;
import java.util.ArrayList;
import java.util.List;

/** A description for people. */
final class DescriptionText {
    private static final String RULE = "--------------------\n";

    private final StringBuilder text = new StringBuilder();

    private DescriptionText() {}

    static String ofPod(JsonNode pod) {
        DescriptionText to = new DescriptionText();
        to.line("Pod: " + Json.text(pod, "/pod", ""));
        to.line("   Pod Revision: " + Json.text(pod, "/revision", ""));
        List<String> ports = new ArrayList<>();
        pod.path("ports").forEach(port -> ports.add(port.asText()));
        to.line("   Pod Ports: " + (ports.isEmpty() ? "none" : String.join(", ", ports)));
        to.line("   Node: " + Json.text(pod, "/node", ""));
        JsonNode mesh = pod.path("mesh");
        boolean captured = mesh.path("captured").asBoolean();
        to.line("   Captured: " + (captured ? "yes" : "no") + " (" + Json.text(mesh, "/reason", "") + ")");
        if (mesh.has("ztunnel")) {
            to.line("   Ztunnel: " + Json.text(mesh, "/ztunnel", ""));
        }
        if (pod.has("waypoint")) {
            to.waypoint(pod.path("waypoint"));
        }
        pod.path("services").forEach(service -> {
            to.text.append(RULE);
            to.service(service);
        });
        to.text.append(RULE);
        to.policies("Policies of the workload:", pod.path("policies"), "");
        JsonNode mtls = pod.path("peerAuthentication");
        to.line("Effective PeerAuthentication:");
        to.line("   Workload mTLS mode: " + Json.text(mtls, "/mode", ""));
        mtls.path("ports")
                .properties()
                .forEach(port -> to.line(
                        "   Port " + port.getKey() + ": " + port.getValue().asText()));
        if (!mtls.path("applied").isEmpty()) {
            to.line("Applied PeerAuthentication:");
            mtls.path("applied").forEach(name -> to.line("   " + name.asText()));
        }
        return to.text.toString();
    }

    static String ofService(JsonNode service) {
        DescriptionText to = new DescriptionText();
        to.service(service);
        return to.text.toString();
    }

    private void service(JsonNode service) {
        line(
                service.has("serviceEntry")
                        ? "ServiceEntry: " + Json.text(service, "/serviceEntry", "")
                        : "Service: " + Json.text(service, "/service", ""));
        service.path("hosts").forEach(host -> line("   Host: " + host.asText()));
        for (JsonNode port : service.path("ports")) {
            String name = Json.text(port, "/name", "");
            line("   Port: %s%s/%s targets pod port %s"
                    .formatted(
                            name.isEmpty() ? "" : name + " ",
                            Json.text(port, "/port", ""),
                            Json.text(port, "/protocol", ""),
                            Json.text(port, "/targetPort", "")));
        }
        if (service.has("waypoint")) {
            waypoint(service.path("waypoint"));
        } else {
            line("   Waypoint: none (its traffic is judged by ztunnel alone)");
        }
        for (JsonNode route : service.path("routes")) {
            line("   " + Json.text(route, "/route", "").replaceFirst(" ", ": ") + " (" + Json.text(route, "/status", "")
                    + ")");
        }
        service.path("destinationRules").forEach(rule -> line("   DestinationRule: " + rule.asText()));
        if (!service.path("policies").isEmpty()) {
            policies("   RBAC policies:", service.path("policies"), "   ");
        }
    }

    private void waypoint(JsonNode waypoint) {
        String problem = Json.text(waypoint, "/problem", "");
        String state =
                problem.isEmpty() ? waypoint.path("programmed").asBoolean() ? "programmed" : "not ready" : problem;
        line("   Waypoint: " + Json.text(waypoint, "/waypoint", "") + ", " + state + " ("
                + Json.text(waypoint, "/because", "") + ")");
    }

    private void policies(String heading, JsonNode policies, String indent) {
        line(heading + (policies.isEmpty() ? " none" : ""));
        for (JsonNode policy : policies) {
            String action = Json.text(policy, "/action", "");
            line(indent + "   " + Json.text(policy, "/policy", "") + (action.isEmpty() ? "" : " " + action)
                    + ", judged by " + Json.text(policy, "/judgedBy", ""));
        }
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}

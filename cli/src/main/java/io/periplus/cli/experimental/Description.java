package io.periplus.cli.experimental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.api.Labels;
import io.periplus.cli.analyze.snapshot.Enrolment;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Reference;
import io.periplus.cli.analyze.snapshot.RouteReferences;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.analyze.snapshot.Waypoints;
import io.periplus.cli.analyze.snapshot.Workload;
import io.periplus.cli.text.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the mesh does for pods and Services, as one document: what people read is written from it. */
final class Description {
    private static final List<ObjectKind> POLICIES = List.of(
            ObjectKind.AUTHORIZATION_POLICY,
            ObjectKind.REQUEST_AUTHENTICATION,
            ObjectKind.RATE_LIMIT_POLICY,
            ObjectKind.TELEMETRY);

    private final Snapshot snapshot;
    private final Waypoints waypoints;

    Description(Snapshot snapshot) {
        this.snapshot = snapshot;
        this.waypoints = new Waypoints(snapshot);
    }

    /** Of a pod, with the Services that select it. */
    ObjectNode pod(KubeObject pod) {
        Workload workload = new Workload(pod, "", pod.labels());
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("pod", pod.name() + "." + pod.namespace());
        String revision = pod.annotation(Labels.REVISION);
        json.put("revision", revision.isEmpty() ? "default" : revision);
        ArrayNode ports = json.putArray("ports");
        for (JsonNode container : pod.at("/spec/containers")) {
            container
                    .path("ports")
                    .forEach(port -> ports.add(
                            Json.text(port, "/containerPort", "") + " (" + Json.text(container, "/name", "") + ")"));
        }
        json.put("node", pod.text("/spec/nodeName"));
        json.put("serviceAccount", pod.text("/spec/serviceAccountName"));
        json.set("mesh", mesh(pod, workload));
        KubeObject own = waypoints.ofWorkload(workload);
        if (own != null) {
            json.set("waypoint", waypoint(own, waypoints.wish(pod, pod.labels())));
        }
        ArrayNode services = json.putArray("services");
        waypoints.servicesOf(workload).forEach(service -> services.add(service(service)));
        json.set("policies", policies(workload));
        json.set("peerAuthentication", EffectiveMtls.of(snapshot, pod.namespace(), pod.labels()));
        return json;
    }

    private ObjectNode mesh(KubeObject pod, Workload workload) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        String wanted = Enrolment.wanted(pod, snapshot);
        boolean captured = pod.annotation(Labels.REDIRECTION).equals("enabled");
        json.put("captured", captured);
        String why;
        if (workload.isGatewayProxy()) {
            why = "it is a proxy of Gateway " + workload.label(Labels.GATEWAY_NAME);
        } else if (captured) {
            why = wanted.isEmpty() ? "it was enrolled and is not any more: it will be let go" : wanted;
        } else if (pod.at("/spec/hostNetwork").asBoolean()) {
            why = "it uses its node's network";
        } else if (wanted.isEmpty()) {
            why = "neither it nor its namespace has the label " + Labels.DATAPLANE_MODE + "=ambient";
        } else {
            why = "it should be (" + wanted + ") but has no annotation " + Labels.REDIRECTION + "=enabled";
        }
        json.put("reason", why);
        if (captured) {
            snapshot.in(ObjectKind.POD, snapshot.systemNamespace())
                    .filter(candidate -> candidate.label("app").equals("ztunnel"))
                    .filter(candidate -> candidate.text("/spec/nodeName").equals(pod.text("/spec/nodeName")))
                    .findFirst()
                    .ifPresent(ztunnel -> json.put("ztunnel", ztunnel.name() + "." + ztunnel.namespace()));
        }
        return json;
    }

    /** Of a Service. */
    ObjectNode service(KubeObject service) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("service", service.name() + "." + service.namespace());
        ArrayNode ports = json.putArray("ports");
        for (JsonNode port : service.at("/spec/ports")) {
            String number = Json.text(port, "/port", "");
            ports.addObject()
                    .put("name", Json.text(port, "/name", ""))
                    .put("port", number)
                    .put("protocol", Protocols.of(port))
                    .put("targetPort", Json.text(port, "/targetPort", number));
        }
        Waypoints.Wish wish = waypoints.wish(service, service.labels());
        KubeObject gateway = waypoints.ofService(service);
        if (gateway != null) {
            json.set("waypoint", waypoint(gateway, wish));
        } else if (wish != null) {
            json.set("waypoint", missing(wish));
        }
        ArrayNode routes = json.putArray("routes");
        for (ObjectKind kind : RouteReferences.KINDS) {
            snapshot.all(kind).stream()
                    .filter(route -> RouteReferences.parents(route).stream().anyMatch(p -> means(p, service)))
                    .forEach(route -> routes.addObject()
                            .put("route", route.kind().title() + " " + route.name() + "." + route.namespace())
                            .put("status", RouteVerdict.of(route, service)));
        }
        ArrayNode rules = json.putArray("destinationRules");
        snapshot.all(ObjectKind.DESTINATION_RULE).stream()
                .filter(rule -> isHost(rule, service))
                .forEach(rule -> rules.add(rule.name() + "." + rule.namespace()));
        ArrayNode policies = json.putArray("policies");
        for (ObjectKind kind : POLICIES) {
            for (KubeObject policy : snapshot.all(kind)) {
                if (policy.targets().stream().anyMatch(t -> targets(policy, t, service, gateway))) {
                    policies.add(policy(policy, gateway == null ? "nobody (no waypoint)" : "waypoint"));
                }
            }
        }
        return json;
    }

    private ObjectNode waypoint(KubeObject gateway, Waypoints.@Nullable Wish wish) {
        boolean programmed = false;
        for (JsonNode condition : gateway.at("/status/conditions")) {
            programmed |= Json.text(condition, "/type", "").equals("Programmed")
                    && Json.text(condition, "/status", "").equals("True");
        }
        return Json.MAPPER
                .createObjectNode()
                .put("waypoint", gateway.name() + "." + gateway.namespace())
                .put("because", because(wish))
                .put("programmed", programmed);
    }

    private ObjectNode missing(Waypoints.Wish wish) {
        boolean exists = snapshot.find(ObjectKind.GATEWAY, wish.namespace(), wish.name()) != null;
        return Json.MAPPER
                .createObjectNode()
                .put("waypoint", wish.name() + "." + wish.namespace())
                .put("because", because(wish))
                .put("problem", exists ? "does not take Services" : "does not exist");
    }

    private static String because(Waypoints.@Nullable Wish wish) {
        return wish == null
                ? ""
                : "label " + Labels.USE_WAYPOINT + " of " + wish.from().title();
    }

    private ArrayNode policies(Workload workload) {
        ArrayNode policies = Json.MAPPER.createArrayNode();
        boolean fronted = waypoints.isFronted(workload);
        for (KubeObject policy : snapshot.all(ObjectKind.AUTHORIZATION_POLICY)) {
            Map<String, String> wanted = KubeObject.texts(policy.at("/spec/selector/matchLabels"));
            boolean inReach = policy.namespace().equals(workload.namespace())
                    || policy.namespace().equals(snapshot.systemNamespace());
            if (policy.targets().isEmpty() && inReach && workload.matches(wanted)) {
                policies.add(policy(policy, fronted ? "ztunnel; waypoint for requests through it" : "ztunnel"));
            }
        }
        return policies;
    }

    private static ObjectNode policy(KubeObject policy, String by) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("policy", policy.kind().title() + " " + policy.name() + "." + policy.namespace());
        if (policy.kind() == ObjectKind.AUTHORIZATION_POLICY) {
            String action = policy.text("/spec/action");
            json.put("action", action.isEmpty() ? "ALLOW" : action);
        }
        return json.put("judgedBy", by);
    }

    private boolean targets(KubeObject policy, Reference target, KubeObject service, @Nullable KubeObject gateway) {
        boolean own = target.kind().equals("Service")
                && target.name().equals(service.name())
                && policy.namespace().equals(service.namespace());
        boolean whole = gateway != null
                && target.kind().equals("Gateway")
                && target.name().equals(gateway.name())
                && policy.namespace().equals(gateway.namespace());
        boolean ofClass = gateway != null
                && target.kind().equals("GatewayClass")
                && target.name().equals(gateway.text("/spec/gatewayClassName"))
                && policy.namespace().equals(snapshot.systemNamespace());
        return own || whole || ofClass;
    }

    private static boolean means(Reference parent, KubeObject service) {
        return parent.kind().equals("Service")
                && parent.name().equals(service.name())
                && parent.namespace().equals(service.namespace());
    }

    private static boolean isHost(KubeObject rule, KubeObject service) {
        String host = rule.text("/spec/host");
        String full = service.name() + "." + service.namespace() + ".svc.";
        return (host.equals(service.name()) && rule.namespace().equals(service.namespace()))
                || host.equals(service.name() + "." + service.namespace())
                || host.startsWith(full);
    }
}

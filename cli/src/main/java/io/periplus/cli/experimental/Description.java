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
import java.util.ArrayList;
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

    /** The class of Gateways at the edge. */
    private static final String EDGE_CLASS = "istio";

    private final Snapshot snapshot;
    private final Waypoints waypoints;

    Description(Snapshot snapshot) {
        this.snapshot = snapshot;
        this.waypoints = new Waypoints(snapshot);
    }

    /** Of a pod, with the Services and ServiceEntries that select it. */
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
        waypoints.entriesOf(workload).forEach(entry -> services.add(service(entry)));
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

    /** Of a Service or ServiceEntry. */
    ObjectNode service(KubeObject service) {
        boolean entry = service.kind() == ObjectKind.SERVICE_ENTRY;
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put(entry ? "serviceEntry" : "service", service.name() + "." + service.namespace());
        if (entry) {
            json.set("hosts", service.at("/spec/hosts").deepCopy());
        }
        ArrayNode ports = json.putArray("ports");
        for (JsonNode port : service.at("/spec/ports")) {
            String number = Json.text(port, entry ? "/number" : "/port", "");
            ports.addObject()
                    .put("name", Json.text(port, "/name", ""))
                    .put("port", number)
                    .put("protocol", entry ? Json.text(port, "/protocol", "") : Protocols.of(port))
                    .put("targetPort", Json.text(port, "/targetPort", number));
        }
        Waypoints.Wish wish = waypoints.wish(service, service.labels());
        KubeObject gateway = waypoints.ofService(service);
        if (gateway != null) {
            json.set("waypoint", waypoint(gateway, wish));
        } else if (wish != null) {
            json.set("waypoint", missing(wish));
        }
        List<KubeObject> attached = RouteReferences.KINDS.stream()
                .flatMap(kind -> snapshot.all(kind).stream())
                .filter(route -> RouteReferences.parents(route).stream().anyMatch(p -> means(p, service)))
                .toList();
        ArrayNode routes = json.putArray("routes");
        attached.forEach(route ->
                routes.addObject().put("route", titleOf(route)).put("status", RouteVerdict.of(route, service)));
        ArrayNode rules = json.putArray("destinationRules");
        snapshot.all(ObjectKind.DESTINATION_RULE).stream()
                .filter(rule -> isHost(rule, service))
                .forEach(rule -> rules.add(rule.name() + "." + rule.namespace()));
        ArrayNode policies = json.putArray("policies");
        for (ObjectKind kind : POLICIES) {
            for (KubeObject policy : snapshot.all(kind)) {
                if (policy.targets().stream().anyMatch(t -> targets(policy, t, service, gateway))) {
                    policies.add(policy(policy, JudgedBy.waypoint(policy, gateway != null, "")));
                    continue;
                }
                attached.stream()
                        .filter(route -> policy.targets().stream().anyMatch(t -> isMeant(t, route)))
                        .findFirst()
                        .ifPresent(route -> policies.add(
                                policy(policy, JudgedBy.waypoint(policy, gateway != null, titleOf(route)))));
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
        boolean atEdge = isAtEdge(workload);
        for (KubeObject policy : snapshot.all(ObjectKind.AUTHORIZATION_POLICY)) {
            Map<String, String> wanted = KubeObject.texts(policy.at("/spec/selector/matchLabels"));
            boolean inReach = policy.namespace().equals(workload.namespace())
                    || policy.namespace().equals(snapshot.systemNamespace());
            if (policy.targets().isEmpty() && inReach && workload.matches(wanted)) {
                policies.add(policy(policy, atEdge ? JudgedBy.gateway(policy) : JudgedBy.ztunnel(policy, fronted)));
            }
        }
        return policies;
    }

    private boolean isAtEdge(Workload workload) {
        KubeObject gateway =
                snapshot.find(ObjectKind.GATEWAY, workload.namespace(), workload.label(Labels.GATEWAY_NAME));
        return gateway != null && gateway.text("/spec/gatewayClassName").equals(EDGE_CLASS);
    }

    private static ObjectNode policy(KubeObject policy, String by) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("policy", titleOf(policy));
        if (policy.kind() == ObjectKind.AUTHORIZATION_POLICY) {
            json.put("action", JudgedBy.action(policy));
        }
        return json.put("judgedBy", by);
    }

    private static String titleOf(KubeObject object) {
        return object.kind().title() + " " + object.name() + "." + object.namespace();
    }

    private boolean targets(KubeObject policy, Reference target, KubeObject service, @Nullable KubeObject gateway) {
        boolean own = isMeant(target, service);
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

    private static boolean isMeant(Reference reference, KubeObject object) {
        return reference.kind().equals(object.kind().title())
                && reference.name().equals(object.name())
                && reference.namespace().equals(object.namespace());
    }

    /** Routes may also name a ServiceEntry by one of its hosts. */
    private static boolean means(Reference parent, KubeObject service) {
        return isMeant(parent, service)
                || service.kind() == ObjectKind.SERVICE_ENTRY
                        && parent.kind().equals("Hostname")
                        && hosts(service).contains(parent.name());
    }

    private static List<String> hosts(KubeObject entry) {
        List<String> hosts = new ArrayList<>();
        entry.at("/spec/hosts").forEach(host -> hosts.add(host.asText()));
        return hosts;
    }

    private static boolean isHost(KubeObject rule, KubeObject service) {
        String host = rule.text("/spec/host");
        if (service.kind() == ObjectKind.SERVICE_ENTRY) {
            return hosts(service).contains(host);
        }
        String full = service.name() + "." + service.namespace() + ".svc.";
        return (host.equals(service.name()) && rule.namespace().equals(service.namespace()))
                || host.equals(service.name() + "." + service.namespace())
                || host.startsWith(full);
    }
}

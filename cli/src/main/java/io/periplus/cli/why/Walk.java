package io.periplus.cli.why;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.api.why.Answer;
import io.periplus.api.why.Caller;
import io.periplus.api.why.Hop;
import io.periplus.api.why.PodName;
import io.periplus.api.why.Question;
import io.periplus.api.why.Target;
import io.periplus.api.why.Verdict;
import io.periplus.cli.CliException;
import io.periplus.cli.kube.Pods;
import io.periplus.cli.why.Report.Stop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The way of one request or connection: asks the proxy where it starts, then whichever proxy that one would send it to,
 * until it arrives or ends.
 */
final class Walk {
    /** Client's ztunnel, waypoint, server's ztunnel, and one to spare for a gateway. */
    private static final int STOPS_MAX = 5;

    private final Proxies proxies;
    private final Pods pods;
    private final Bindings bindings;
    private final Traffic traffic;
    private final List<Stop> stops = new ArrayList<>();
    private String from = "";

    Walk(Proxies proxies, Pods pods, Bindings bindings, Traffic traffic) {
        this.proxies = proxies;
        this.pods = pods;
        this.bindings = bindings;
        this.traffic = traffic;
    }

    /** @param more other pods that the client's name stands for */
    Report fromPod(JsonNode pod, int more) throws IOException {
        PodName name = Pods.nameOf(pod);
        from = "pod " + name;
        if (Pods.addressOf(pod).isEmpty()) {
            throw new CliException("pod " + name + " has no address yet; it cannot call anybody");
        }
        PodName own = proxies.ztunnelOf(Pods.nodeOf(pod));
        PodName ztunnel = own == null ? anyZtunnel() : own;
        Answer answer = proxies.ask(
                ztunnel,
                Question.ofSource(name, traffic.to().host(), traffic.to().port()));
        List<String> context = new ArrayList<>();
        if (more > 0) {
            context.add("one of " + (more + 1) + " pods; the others are alike unless their labels differ");
        }
        context.add((answer.captured() ? "captured: " : "not captured: ") + capture(pod, answer, own));
        bindings(answer, context);
        stops.add(new Stop("sends for pod " + name, context, answer));
        follow(answer, Pods.addressOf(pod));
        return report();
    }

    private String capture(JsonNode pod, Answer answer, @Nullable PodName own) throws IOException {
        String label = bindings.capture(pod);
        if (!answer.captured() && own == null) {
            return "no ztunnel runs on node " + Pods.nodeOf(pod) + " (" + label + ")";
        }
        return label;
    }

    /** A client that is no pod, at this address. */
    Report fromAddress(String address) throws IOException {
        from = address + ", outside the mesh";
        Answer answer = proxies.ask(
                anyZtunnel(),
                new Question(
                        io.periplus.api.why.Side.SOURCE,
                        null,
                        traffic.to().host(),
                        traffic.to().port(),
                        null,
                        false,
                        null,
                        false,
                        ""));
        stops.add(new Stop("knows where " + traffic.to().host() + " leads", List.of(), answer));
        follow(answer, address);
        return report();
    }

    /**
     * A client of a gateway.
     *
     * @param running pods of the gateway
     * @param address of the client
     */
    Report fromGateway(String gateway, List<JsonNode> running, String address) throws IOException {
        from = address + ", a client of gateway " + gateway;
        if (running.isEmpty()) {
            throw new CliException("gateway " + gateway + " has no running pod");
        }
        JsonNode pod = running.getFirst();
        Question question = Question.ofGateway(
                traffic.to().port(),
                new Caller(null, address),
                traffic.http(),
                traffic.to().tls(),
                traffic.serverName());
        Answer answer = proxies.ask(Pods.nameOf(pod), question);
        List<String> context =
                running.size() > 1 ? List.of("one of " + running.size() + " pods of the gateway") : List.of();
        stops.add(new Stop("takes it for gateway " + gateway, context, answer));
        follow(answer, Pods.addressOf(pod));
        return report();
    }

    private PodName anyZtunnel() throws IOException {
        PodName any = proxies.ztunnelOf("");
        if (any == null) {
            throw new CliException("no ztunnel runs in this cluster: is the mesh installed?");
        }
        return any;
    }

    /** @param address of whoever sends */
    private void follow(Answer first, String address) throws IOException {
        Answer answer = first;
        String caller = address;
        while (answer.verdict().goesOn() && stops.size() < STOPS_MAX) {
            Hop hop = answer.next();
            PodName pod = hop == null ? null : hop.pod();
            if (hop == null || pod == null) {
                return;
            }
            Stop stop = hop.kind().equals("waypoint") ? atWaypoint(hop, pod, caller) : atWorkload(hop, pod, caller);
            if (stop == null) {
                return;
            }
            stops.add(stop);
            answer = stop.answer();
            caller = Destination.parse(hop.address()).host();
        }
    }

    private Stop atWaypoint(Hop hop, PodName pod, String caller) throws IOException {
        Destination asked = Destination.parse(Objects.requireNonNullElse(hop.authority(), hop.address()));
        Question question = Question.ofWaypoint(
                asked.host(), asked.port(), new Caller(hop.identity(), caller), traffic.http(), traffic.serverName());
        return new Stop(
                "waypoint " + Objects.requireNonNullElse(hop.of(), pod.toString()),
                List.of(),
                proxies.ask(pod, question));
    }

    /** Null where nobody stands before the application. */
    private @Nullable Stop atWorkload(Hop hop, PodName pod, String caller) throws IOException {
        PodName ztunnel = hop.node().isEmpty() ? null : proxies.ztunnelOf(hop.node());
        if (ztunnel == null) {
            return null;
        }
        Destination asked =
                Destination.parse(hop.tunnel() ? Objects.requireNonNullElse(hop.authority(), "") : hop.address());
        Caller who = new Caller(hop.identity(), caller);
        Answer answer =
                proxies.ask(ztunnel, Question.ofDestination(pod, asked.host(), asked.port(), who, hop.tunnel()));
        List<String> context = new ArrayList<>();
        JsonNode object = pods.get(pod.namespace(), pod.name());
        if (object != null) {
            context.add((answer.captured() ? "captured: " : "not captured: ") + bindings.capture(object));
        }
        return new Stop("receives for pod " + pod, context, answer);
    }

    private void bindings(Answer answer, List<String> context) throws IOException {
        Target target = answer.target();
        if (target == null) {
            return;
        }
        Hop next = answer.next();
        String label = bindings.waypoint(target);
        if (next != null && next.kind().equals("waypoint")) {
            context.add("waypoint: " + next.of() + ", by "
                    + (label == null ? "a reference that no label explains" : label));
        } else if (label != null && !label.contains("=none")) {
            context.add("waypoint: none is passed in spite of " + label + ": "
                    + (answer.captured()
                            ? "the control plane has not bound it; `waypoint status` says more"
                            : "the client is not captured"));
        }
    }

    private Report report() {
        Stop deciding = stops.stream()
                .filter(stop -> !stop.answer().verdict().goesOn())
                .findFirst()
                .or(() -> stops.stream()
                        .filter(stop -> stop.answer().verdict() == Verdict.UNDECIDED)
                        .findFirst())
                .orElse(stops.getLast());
        Answer answer = deciding.answer();
        return new Report(
                answer.verdict(),
                answer.reason(),
                answer.decidedBy(),
                answer.proxy().toString(),
                traffic.text() + " from " + from,
                List.copyOf(stops),
                advice(deciding));
    }

    /** Of an allowed request, what the judgements say would stop it. */
    private List<String> advice(Stop deciding) {
        return deciding.answer().verdict() == Verdict.ALLOWED
                ? stops.stream()
                        .flatMap(stop -> stop.answer().advice().stream())
                        .distinct()
                        .toList()
                : deciding.answer().advice();
    }
}

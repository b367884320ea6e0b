package io.periplus.policytest;

import io.periplus.api.NamespacedName;
import io.periplus.api.SpiffeId;
import io.periplus.api.why.Judgement;
import io.periplus.api.why.Verdict;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.explain.Judgements;
import io.periplus.dataplane.http.PathNormalization;
import io.periplus.dataplane.index.Endpoint;
import io.periplus.dataplane.policy.AuthorizationCompiler;
import io.periplus.dataplane.policy.CompiledPolicy;
import io.periplus.dataplane.policy.CustomMatch;
import io.periplus.dataplane.policy.Explanation;
import io.periplus.dataplane.policy.PolicySet;
import io.periplus.dataplane.policy.RequestAttributes;
import io.periplus.dataplane.policy.WaypointPolicyCompiler;
import io.periplus.model.AmbientIndex;
import io.periplus.model.waypoint.Binding;
import io.periplus.model.waypoint.Waypoint;
import io.periplus.model.workload.ServiceInfo;
import io.periplus.model.workload.WorkloadInfo;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Judges cases as the proxies of such a cluster would: the waypoint by the policies for the service and for the endpoint, then
 * the endpoint's ztunnel, for every endpoint that there is.
 */
final class Judge {
    private static final IpAddress NOWHERE = IpAddress.parse("0.0.0.0");

    private final AmbientIndex index;
    private final PathNormalization paths;
    private final PolicySet atZtunnel;
    private final Map<NamespacedName, PolicySet> atWaypoint = new HashMap<>();

    /** @param paths how the mesh normalises them ({@code pathNormalization}) */
    Judge(AmbientIndex index, PathNormalization paths) {
        this.index = index;
        this.paths = paths;
        this.atZtunnel = PolicySet.of(
                Stream.of(index.nodePolicies.shaped(), index.nodePolicies.peer(), index.nodePolicies.ofMesh())
                        .flatMap(policies -> policies.entries().values().stream())
                        .map(AuthorizationCompiler::compile)
                        .toList());
    }

    Result judge(Case given) {
        ServiceInfo service = serviceOf(given);
        int port = portOf(given, service.message());
        Way way = new Way(given, service, port);
        List<Workload> endpoints = new ArrayList<>();
        for (WorkloadInfo workload : endpointsOf(service)) {
            way.to(workload);
            endpoints.add(workload.forZtunnel());
            if (way.verdict != Verdict.ALLOWED) {
                break;
            }
        }
        if (endpoints.isEmpty()) {
            throw new UnreadableException(given.where() + ": service " + service.resourceName()
                    + " selects nothing: add its workload, or a selector");
        }
        return way.result();
    }

    private ServiceInfo serviceOf(Case given) {
        List<ServiceInfo> found = Stream.concat(
                        index.services.entries().values().stream(), index.entryServices.entries().values().stream())
                .filter(service -> isNamed(service.message(), given.service()))
                .toList();
        if (found.isEmpty()) {
            throw new UnreadableException(given.where() + ": no Service or ServiceEntry in the files is \""
                    + given.service() + "\" (expected: <name>.<namespace> or a full host name)");
        }
        return found.getFirst();
    }

    private static boolean isNamed(Service service, String name) {
        return service.getHostname().equals(name)
                || (service.getName() + "." + service.getNamespace()).equals(name)
                || (service.getName() + "." + service.getNamespace() + ".svc").equals(name);
    }

    private static int portOf(Case given, Service service) {
        if (given.port() == 0 && service.getPortsCount() == 1) {
            return service.getPorts(0).getServicePort();
        }
        if (service.getPortsList().stream().noneMatch(port -> port.getServicePort() == given.port())) {
            throw new UnreadableException(given.where() + ": to.port " + given.port() + " is none of service "
                    + service.getHostname() + " ("
                    + service.getPortsList().stream().map(Port::getServicePort).toList() + ")");
        }
        return given.port();
    }

    private List<WorkloadInfo> endpointsOf(ServiceInfo service) {
        return Stream.of(
                        index.podWorkloads.entries().values().stream(),
                        index.entryWorkloads.entries().values().stream(),
                        index.entryEndpoints.entries().values().stream())
                .flatMap(workloads -> workloads)
                .filter(workload -> workload.forZtunnel().containsServices(service.resourceName()))
                .sorted(Comparator.comparing(WorkloadInfo::uid))
                .toList();
    }

    private PolicySet policiesOf(NamespacedName waypoint) {
        return atWaypoint.computeIfAbsent(waypoint, name -> {
            List<CompiledPolicy> policies = new ArrayList<>();
            index.waypointPolicies.entries().forEach((key, policy) -> {
                if (key.waypoint().equals(name)) {
                    policies.add(WaypointPolicyCompiler.compile(policy));
                }
            });
            return PolicySet.of(policies);
        });
    }

    /** One case on its way to one endpoint after the other. */
    private final class Way {
        private final Case given;
        private final ServiceInfo service;
        private final int port;
        private final @Nullable Waypoint waypoint;
        private final List<Judgement> judgements = new ArrayList<>();
        private final List<String> advice = new ArrayList<>();
        private Verdict verdict = Verdict.ALLOWED;
        private String reason = "no policy applies";

        Way(Case given, ServiceInfo service, int port) {
            this.given = given;
            this.service = service;
            this.port = port;
            this.waypoint = waypoint();
        }

        /** Clients outside the mesh go past it. */
        private @Nullable Waypoint waypoint() {
            return given.client() != null && service.binding() instanceof Binding.Bound bound
                    ? index.waypoints.get(bound.waypoint())
                    : null;
        }

        void to(WorkloadInfo endpoint) {
            Waypoint passed = waypoint;
            SpiffeId identity = given.client();
            if (passed != null) {
                through(passed, endpoint.forWaypoint());
                identity = identityOf(passed);
            }
            if (verdict == Verdict.ALLOWED) {
                Workload workload = endpoint.forZtunnel();
                String point = "ztunnel, workload " + workload.getNamespace() + "/" + workload.getName();
                RequestAttributes connection =
                        Traffic.connection(given, identity, addressOf(workload), targetPort(workload));
                judged(point, atZtunnel.explainWorkload(workload, connection));
            }
        }

        private void through(Waypoint passed, Workload endpoint) {
            PolicySet policies = policiesOf(passed.key());
            Service to = service.message();
            String point = "waypoint " + passed.key() + ", ";
            RequestAttributes asked = Traffic.atWaypoint(given, virtualAddress(to), port, to.getHostname(), paths);
            custom(point, policies.custom(to.getNamespace(), to.getHostname(), asked));
            if (verdict == Verdict.ALLOWED) {
                judged(
                        point + "service " + service.resourceName(),
                        policies.explainService(to.getNamespace(), to.getHostname(), asked));
            }
            if (verdict == Verdict.ALLOWED) {
                judged(
                        point + "workload " + endpoint.getNamespace() + "/" + endpoint.getName(),
                        policies.explainWorkload(
                                endpoint,
                                Traffic.atWaypoint(
                                        given, addressOf(endpoint), targetPort(endpoint), to.getHostname(), paths)));
            }
        }

        /** What an external authorizer says only the case can tell. */
        private void custom(String point, @Nullable CustomMatch match) {
            if (match == null || match.dryRun() || Boolean.TRUE.equals(given.authorizer())) {
                return;
            }
            boolean refuses = Boolean.FALSE.equals(given.authorizer());
            verdict = refuses ? Verdict.DENIED : Verdict.UNDECIDED;
            String key = match.policy().key();
            reason = point + "CUSTOM policy " + key + " asks provider " + match.provider()
                    + (refuses ? ", which refuses" : "; say in the case what it answers (authorizer: allow or deny)");
            judgements.add(new Judgement(point + "authorizer", verdict, reason, key, -1, "", List.of()));
        }

        private void judged(String point, Explanation explanation) {
            Judgement judgement = Judgements.of(point, explanation);
            judgements.add(judgement);
            if (judgement.verdict() != Verdict.ALLOWED) {
                verdict = judgement.verdict();
                advice.clear();
            }
            if (judgement.verdict() != Verdict.ALLOWED || judgement.policy() != null) {
                reason = "at " + point + ": " + judgement.why();
            }
            explanation.changes().stream()
                    .filter(change -> !advice.contains(change))
                    .forEach(advice::add);
        }

        private int targetPort(Workload workload) {
            PortList ports = workload.getServicesOrDefault(service.resourceName(), PortList.getDefaultInstance());
            int target = new Endpoint(workload, ports.getPortsList()).targetPort(service.message(), port);
            return target == Endpoint.NO_PORT ? port : target;
        }

        Result result() {
            String by = given.by();
            boolean named = by == null
                    || judgements.stream()
                            .filter(judgement -> judgement.verdict() == verdict)
                            .anyMatch(judgement -> by.equals(judgement.policy()));
            boolean asExpected = verdict == (given.allowed() ? Verdict.ALLOWED : Verdict.DENIED);
            String expected = (given.allowed() ? "allow" : "deny") + (by == null ? "" : " by " + by);
            String problem = !asExpected
                    ? "expected " + expected + ", it is " + verdict.name().toLowerCase(java.util.Locale.ROOT)
                    : named ? null : "expected " + expected + ", another policy decides";
            return new Result(
                    given.name(),
                    given.where(),
                    expected,
                    verdict,
                    reason,
                    List.copyOf(judgements),
                    List.copyOf(advice),
                    problem);
        }
    }

    private static @Nullable SpiffeId identityOf(Waypoint waypoint) {
        return waypoint.principals().isEmpty()
                ? null
                : SpiffeId.parse(SpiffeId.SCHEME + waypoint.principals().getFirst())
                        .orElse(null);
    }

    private static IpAddress addressOf(Workload workload) {
        return workload.getAddressesCount() == 0 ? NOWHERE : IpAddress.ofBytes(workload.getAddresses(0));
    }

    private static IpAddress virtualAddress(Service service) {
        return service.getAddressesCount() == 0
                ? NOWHERE
                : IpAddress.ofBytes(service.getAddresses(0).getAddress());
    }
}

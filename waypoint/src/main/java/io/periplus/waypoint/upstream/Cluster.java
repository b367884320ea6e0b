package io.periplus.waypoint.upstream;

import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.waypoint.upstream.balance.Pick;
import io.periplus.waypoint.upstream.balance.Tiers;
import io.periplus.waypoint.upstream.policy.OutlierSettings;
import io.periplus.waypoint.upstream.policy.TrafficSettings;
import io.periplus.wire.workload.Workload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One port of a service, or of a workload, as one event loop sees it: its endpoints and how to choose among them. Made anew
 * from the service when that, the policy or the addresses of a host name change, and from the endpoints when one of them is
 * ejected or returns; in between a choice is a look-up.
 */
final class Cluster {
    private static final long UNUSED_NANOS_MAX = TimeUnit.MINUTES.toNanos(6);

    private final Clusters loop;
    private static final long LATELY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String name;
    private final int port;
    private ClusterState state;
    private Map<Backend, Host> hosts = Map.of();
    private List<List<Endpoints.At>> tiered = List.of();
    private @Nullable ServiceEntry service;
    private @Nullable Tiers<Host> tiers;
    private int namesVersion;
    private int healthVersion;
    private boolean anyEjected;
    private long ejectedUntilNanos;
    private long usedNanos;
    private int learned;
    private long learnedNanos;

    /** Endpoints that were replaced and still have connections. */
    private final List<Host> retired = new ArrayList<>(0);

    Cluster(Clusters loop, String name, int port) {
        this.loop = loop;
        this.name = name;
        this.port = port;
        this.state = loop.states().state(name, port, loop.states().settings(name, port));
    }

    /**
     * An endpoint.
     *
     * @param current the service as the request sees it
     * @param index the rest of what the request sees
     * @param destination the address that the client used, whose family is preferred
     */
    Choice choose(ServiceEntry current, WorkloadIndex index, IpAddress destination, Pick pick) {
        if (!prepare(current, index, destination)) {
            return Choice.OVERFLOW;
        }
        Host preferred = preferred(pick);
        return chosen(preferred != null || tiers == null ? preferred : tiers.pick(pick), pick);
    }

    /** What {@link #choose} would choose among; takes nobody's turn. */
    View look(ServiceEntry current, WorkloadIndex index, IpAddress destination, Pick pick) {
        boolean room = prepare(current, index, destination);
        Host preferred = preferred(pick);
        Choice choice = room
                ? chosen(preferred != null || tiers == null ? preferred : tiers.look(pick), pick)
                : Choice.OVERFLOW;
        List<View.Usable> usable = new ArrayList<>();
        for (int i = 0; i < tiered.size(); i++) {
            for (Endpoints.At at : tiered.get(i)) {
                Host host = hosts.get(at.backend());
                if (host != null) {
                    usable.add(new View.Usable(host, i, isEjected(host)));
                }
            }
        }
        Endpoints endpoints =
                new Endpoints(current, port, loop.self().in(index), destination, state.settings(), loop.hostnames());
        return new View(choice, state.settings().balancing(), usable, endpoints.leftOut());
    }

    /** Brings the endpoints up to date; false if the circuit breaker lets nothing more through. */
    private boolean prepare(ServiceEntry current, WorkloadIndex index, IpAddress destination) {
        usedNanos = 0;
        TrafficSettings settings = loop.states().settings(name, port);
        if (settings != state.settings() && !settings.equals(state.settings())) {
            restart(settings);
        }
        if (!state.breakers().hasRoom()) {
            return false;
        }
        if (current != service
                || tiers == null
                || namesVersion != loop.hostnames().version()) {
            learn(current, loop.self().in(index), destination);
        } else if (state.settings().outlier() != null && healthChanged()) {
            arrange();
        }
        return true;
    }

    private Choice chosen(@Nullable Host chosen, Pick pick) {
        if (chosen == null) {
            return Choice.NONE_HEALTHY;
        }
        return new Choice.Chosen(pick.isTried(chosen) ? untried(chosen, pick) : chosen);
    }

    private @Nullable Host preferred(Pick pick) {
        String uid = pick.preferred();
        if (uid == null) {
            return null;
        }
        for (Host host : hosts.values()) {
            if (host.backend().workload().getUid().equals(uid) && !pick.isTried(host) && !isEjected(host)) {
                return host;
            }
        }
        return null;
    }

    private Host untried(Host otherwise, Pick pick) {
        for (Host host : hosts.values()) {
            if (!pick.isTried(host) && !isEjected(host)) {
                return host;
            }
        }
        return otherwise;
    }

    private boolean isEjected(Host host) {
        return anyEjected && host.health().isEjected(state.detector().nowNanos());
    }

    boolean hasUntried(Pick pick) {
        return hosts.values().stream().anyMatch(host -> !pick.isTried(host) && !isEjected(host));
    }

    /** A workload that the client addressed itself, or an address that the service passes through. */
    Choice direct(Backend backend) {
        return direct(backend, Integer.MAX_VALUE);
    }

    /** The same where clients choose what that is: so many at a time, of which an idle one gives way to another. */
    Choice direct(Backend backend, int most) {
        usedNanos = 0;
        TrafficSettings settings = loop.states().settings(name, port);
        if (settings != state.settings() && !settings.equals(state.settings())) {
            restart(settings);
        }
        if (!state.breakers().hasRoom()) {
            return Choice.OVERFLOW;
        }
        Host known = hosts.get(backend);
        if (known == null && hosts.size() >= most && !makeRoom()) {
            return Choice.OVERFLOW;
        }
        if (known == null) {
            known = new Host(loop, state, backend, 1, 0);
            Map<Backend, Host> next = new LinkedHashMap<>(hosts);
            next.put(backend, known);
            hosts = next;
        }
        known.update(backend);
        return new Choice.Chosen(known);
    }

    /** Lets go of the endpoint that nobody has used for longest; false if all are in use. */
    private boolean makeRoom() {
        Host oldest = null;
        for (Host host : hosts.values()) {
            if (host.active() == 0 && (oldest == null || host.reachedNanos() - oldest.reachedNanos() < 0)) {
                oldest = host;
            }
        }
        if (oldest == null) {
            return false;
        }
        Map<Backend, Host> next = new LinkedHashMap<>(hosts);
        next.values().remove(oldest);
        hosts = next;
        retire(List.of(oldest), false);
        return true;
    }

    // ---- changes

    private void restart(TrafficSettings settings) {
        retire(hosts.values(), false);
        hosts = Map.of();
        tiers = null;
        state = loop.states().state(name, port, settings);
    }

    /** @param gone whether they are no endpoints any more, so that who waits for them had better go elsewhere */
    private void retire(Collection<Host> former, boolean gone) {
        for (Host host : former) {
            host.retire(gone);
            if (!host.isUnused()) {
                retired.add(host);
            }
        }
    }

    /** Whether endpoints came or went within the last moments, as they do while an application is restarted. */
    boolean changedLately() {
        return learned > 1 && System.nanoTime() - learnedNanos < LATELY_NANOS;
    }

    private void learn(ServiceEntry current, Workload client, IpAddress destination) {
        learned++;
        learnedNanos = System.nanoTime();
        boolean first = service == null;
        service = current;
        namesVersion = loop.hostnames().version();
        Endpoints endpoints = new Endpoints(current, port, client, destination, state.settings(), loop.hostnames());
        Map<Backend, Host> next = new LinkedHashMap<>();
        tiered = endpoints.tiers();
        tiered.forEach(tier -> tier.forEach(at -> {
            Host known = hosts.get(at.backend());
            Host host = known == null ? new Host(loop, state, at.backend(), at.weight(), first ? 0 : now()) : known;
            host.update(at.backend());
            next.put(at.backend(), host);
        }));
        List<Host> gone = new ArrayList<>();
        hosts.forEach((backend, host) -> {
            if (!next.containsKey(backend)) {
                gone.add(host);
            }
        });
        hosts = next;
        retire(gone, true);
        state.detector()
                .retain(
                        destination.isIpv4() ? "IPv4" : "IPv6",
                        hosts.values().stream().map(Host::hashName).toList());
        namesVersion = loop.hostnames().version();
        arrange();
    }

    private static long now() {
        return Math.max(1, System.nanoTime());
    }

    private boolean healthChanged() {
        return state.detector().version() != healthVersion
                || (anyEjected && state.detector().nowNanos() - ejectedUntilNanos >= 0);
    }

    private void arrange() {
        OutlierSettings outlier = state.settings().outlier();
        healthVersion = state.detector().version();
        anyEjected = false;
        List<List<Tiers.Place<Host>>> places = new ArrayList<>();
        for (List<Endpoints.At> tier : tiered) {
            Map<String, List<Host>> all = new LinkedHashMap<>();
            Map<String, Long> weights = new LinkedHashMap<>();
            for (Endpoints.At at : tier) {
                Host host = hosts.get(at.backend());
                if (host != null) {
                    all.computeIfAbsent(at.place(), _ -> new ArrayList<>()).add(host);
                    weights.put(at.place(), at.placeWeight());
                }
            }
            places.add(all.entrySet().stream()
                    .map(place -> new Tiers.Place<>(
                            weights.getOrDefault(place.getKey(), 1L), place.getValue(), healthy(place.getValue())))
                    .toList());
        }
        tiers = Tiers.of(
                places,
                outlier == null ? 0 : outlier.minHealthyPercent(),
                candidates -> Pickers.of(state.settings().balancing(), candidates, loop.random()),
                loop.random());
    }

    /** Notes when the first of the others returns. */
    private List<Host> healthy(List<Host> all) {
        if (state.settings().outlier() == null) {
            return all;
        }
        long now = state.detector().nowNanos();
        List<Host> healthy = new ArrayList<>(all.size());
        for (Host host : all) {
            if (!host.health().isEjected(now)) {
                healthy.add(host);
                continue;
            }
            long until = host.health().ejectedUntilNanos();
            if (!anyEjected || until - ejectedUntilNanos < 0) {
                ejectedUntilNanos = until;
            }
            anyEjected = true;
        }
        return healthy;
    }

    // ---- housekeeping

    /** Closes idle connections; whether anything is left to look after. */
    boolean sweep(long nowNanos) {
        hosts.values().forEach(host -> host.sweep(nowNanos));
        retired.forEach(host -> host.sweep(nowNanos));
        retired.removeIf(Host::isUnused);
        if (service == null) {
            hosts = keep(hosts);
        }
        if (usedNanos == 0) {
            usedNanos = Math.max(1, nowNanos);
        }
        // What was learned of its endpoints is worth keeping for longer than the longest ejection.
        return nowNanos - usedNanos < UNUSED_NANOS_MAX
                || !retired.isEmpty()
                || hosts.values().stream().anyMatch(host -> !host.isUnused());
    }

    /** Addresses come and go without anyone saying so. */
    private static Map<Backend, Host> keep(Map<Backend, Host> hosts) {
        Map<Backend, Host> kept = new LinkedHashMap<>(hosts);
        kept.values().removeIf(Host::isUnused);
        return kept;
    }

    /** As Envoy names it. */
    String name() {
        return service == null
                ? "inbound-direct|" + port + "||" + name
                : "inbound-vip|" + port + "||" + service.service().getHostname();
    }

    Collection<Host> hosts() {
        return hosts.values();
    }
}

package io.periplus.controlplane;

import io.periplus.controlplane.xds.Catalog;
import io.periplus.controlplane.xds.Relations;
import io.periplus.controlplane.xds.Resources;
import io.periplus.controlplane.xds.SetKey;
import io.periplus.controlplane.xds.TypeUrls;
import io.periplus.model.AmbientIndex;
import io.periplus.model.collection.Change;
import io.periplus.model.traffic.BackendPolicyKey;
import io.periplus.model.workload.ServiceInfo;
import io.periplus.model.workload.WorkloadInfo;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.waypoint.BackendPolicy;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.xds.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which the index lives: takes changes of objects, waits until no more come for a moment, lets the
 * index settle, and hands what changed to the catalog.
 */
public final class IndexLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexLoop.class);

    // The quiet time is restarted by every change; a steady stream of changes is not kept waiting longer than this.
    private static final Duration MAX_WAIT = Duration.ofMillis(500);

    private static final Comparator<Catalog.Update> REMOVALS_FIRST =
            Comparator.comparing(update -> update.resource() != null);

    private final AmbientIndex index;
    private final Catalog catalog;
    private final Duration quiet;
    private final Metrics metrics;
    // Bounded by the watches: each waits for its event to be queued, and a list is queued as one task.
    private final BlockingQueue<Consumer<AmbientIndex>> tasks = new LinkedBlockingQueue<>(10_000);
    private final List<Catalog.Update> batch = new ArrayList<>();
    private final List<Runnable> afterNext = new ArrayList<>();

    public IndexLoop(AmbientIndex index, Catalog catalog, Duration quiet, Metrics metrics) {
        this.index = index;
        this.catalog = catalog;
        this.quiet = quiet;
        this.metrics = metrics;
        index.podWorkloads.observe(changes -> changes.values().forEach(this::workload));
        index.sliceWorkloads.observe(changes -> changes.values().forEach(this::workload));
        index.entryWorkloads.observe(changes -> changes.values().forEach(this::workload));
        index.entryEndpoints.observe(changes -> changes.values().forEach(this::workload));
        index.entryServices.observe(changes -> changes.values().forEach(this::service));
        index.services.observe(changes -> changes.values().forEach(this::service));
        index.nodePolicies.shaped().observe(this::policies);
        index.nodePolicies.peer().observe(this::policies);
        index.nodePolicies.ofMesh().observe(this::policies);
        index.waypointPolicies.observe(changes -> changes.forEach((key, change) -> add(
                SetKey.waypointPolicies(key.waypoint()),
                key.policy().toString(),
                change.after() == null
                        ? null
                        : Resources.of(TypeUrls.WAYPOINT_POLICY, key.policy().toString(), change.after()),
                Relations.NONE)));
        index.tokenPolicies.observe(changes -> changes.forEach((key, change) -> add(
                SetKey.tokens(key.gateway(), key.serviceAccount()),
                key.policy().toString(),
                change.after() == null
                        ? null
                        : Resources.of(
                                TypeUrls.REQUEST_AUTHENTICATION, key.policy().toString(), change.after()),
                Relations.NONE)));
        index.gatewayProviders.observe(changes -> changes.forEach((key, change) -> add(
                SetKey.of(TypeUrls.EXTENSION_PROVIDER, key.gateway()),
                key.provider(),
                change.after() == null
                        ? null
                        : Resources.of(TypeUrls.EXTENSION_PROVIDER, key.provider(), change.after()),
                Relations.NONE)));
        index.ownGateways
                .edgeConfigs()
                .observe(changes -> changes.forEach((key, change) -> add(
                        SetKey.edge(key.gateway(), key.serviceAccount()),
                        key.gateway().toString(),
                        change.after() == null
                                ? null
                                : Resources.of(TypeUrls.GATEWAY, key.gateway().toString(), change.after()),
                        Relations.NONE)));
        index.backendPolicies.observe(this::backends);
        index.entryBackendPolicies.observe(this::backends);
        index.limits.served.observe(changes -> changes.forEach((key, change) -> add(
                SetKey.limits(key.gateway(), key.serviceAccount()),
                key.policy().toString(),
                change.after() == null
                        ? null
                        : Resources.of(TypeUrls.RATE_LIMIT_POLICY, key.policy().toString(), change.after()),
                Relations.NONE)));
        index.routes.served.observe(changes -> changes.forEach((key, change) -> add(
                SetKey.of(TypeUrls.ROUTE, key.gateway()),
                key.route().toString(),
                change.after() == null
                        ? null
                        : Resources.of(TypeUrls.ROUTE, key.route().toString(), change.after()),
                Relations.NONE)));
    }

    /** Queues a change; waits while the queue is full. */
    public void submit(Consumer<AmbientIndex> task) {
        try {
            tasks.put(task);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        List<Consumer<AmbientIndex>> taken = new ArrayList<>();
        while (!Thread.currentThread().isInterrupted()) {
            try {
                taken.add(tasks.take());
                collect(taken);
            } catch (InterruptedException e) {
                return;
            }
            for (Consumer<AmbientIndex> task : taken) {
                try {
                    task.accept(index);
                } catch (RuntimeException e) {
                    metrics.counter("pilot_total_xds_internal_errors", "").increment();
                    LOG.error("a change could not be applied to the index", e);
                }
            }
            taken.clear();
            settle();
        }
    }

    private void collect(List<Consumer<AmbientIndex>> taken) throws InterruptedException {
        long end = System.nanoTime() + MAX_WAIT.toNanos();
        while (System.nanoTime() < end) {
            Consumer<AmbientIndex> next = tasks.poll(quiet.toNanos(), TimeUnit.NANOSECONDS);
            if (next == null) {
                return;
            }
            taken.add(next);
        }
    }

    private void settle() {
        try {
            index.graph().settle();
        } catch (RuntimeException e) {
            metrics.counter("pilot_total_xds_internal_errors", "").increment();
            LOG.error("the index could not be derived", e);
        }
        if (!batch.isEmpty()) {
            // Collections share names: a host passes from a ServiceEntry to a Service. Each gives a name once, so what
            // is there after the settling is what a collection has put, whichever of them was told first.
            batch.sort(REMOVALS_FIRST);
            catalog.apply(List.copyOf(batch));
            batch.clear();
        }
        afterNext.forEach(Runnable::run);
        afterNext.clear();
    }

    /** Has something run once everything that is queued now has been derived and handed over. */
    public void afterNext(Runnable action) {
        submit(ignored -> afterNext.add(action));
    }

    private void workload(Change<WorkloadInfo> change) {
        WorkloadInfo before = change.before();
        WorkloadInfo after = change.after();
        String name = after != null ? after.uid() : before != null ? before.uid() : "";
        if (after == null) {
            add(SetKey.ZTUNNEL_ADDRESSES, name, null, Relations.NONE);
            add(SetKey.WAYPOINT_ADDRESSES, name, null, Relations.NONE);
            return;
        }
        Relations relations = Relations.of(after.forZtunnel());
        Resource ztunnel = address(name, after.forZtunnel());
        if (before == null || !before.forZtunnel().equals(after.forZtunnel())) {
            add(SetKey.ZTUNNEL_ADDRESSES, name, ztunnel, relations);
        }
        if (before == null || !before.forWaypoint().equals(after.forWaypoint())) {
            boolean same = after.forWaypoint().equals(after.forZtunnel());
            add(SetKey.WAYPOINT_ADDRESSES, name, same ? ztunnel : address(name, after.forWaypoint()), relations);
        }
    }

    private void service(Change<ServiceInfo> change) {
        ServiceInfo before = change.before();
        ServiceInfo after = change.after();
        if (before != null && after != null && before.message().equals(after.message())) {
            return;
        }
        String name = after != null ? after.resourceName() : before != null ? before.resourceName() : "";
        Resource resource = after == null
                ? null
                : Resources.of(
                        TypeUrls.ADDRESS,
                        name,
                        Address.newBuilder().setService(after.message()).build());
        Relations relations = after == null ? Relations.NONE : Relations.of(after.message());
        add(SetKey.ZTUNNEL_ADDRESSES, name, resource, relations);
        add(SetKey.WAYPOINT_ADDRESSES, name, resource, relations);
    }

    private void backends(Map<BackendPolicyKey, Change<BackendPolicy>> changes) {
        changes.forEach((key, change) -> add(
                SetKey.backends(key.gateway(), key.serviceAccount()),
                key.service(),
                change.after() == null ? null : Resources.of(TypeUrls.BACKEND_POLICY, key.service(), change.after()),
                Relations.NONE));
    }

    private void policies(Map<String, Change<Authorization>> changes) {
        changes.forEach((name, change) -> add(
                SetKey.AUTHORIZATIONS,
                name,
                change.after() == null ? null : Resources.of(TypeUrls.AUTHORIZATION, name, change.after()),
                Relations.NONE));
    }

    private void add(SetKey set, String name, @Nullable Resource resource, Relations relations) {
        batch.add(new Catalog.Update(set, name, resource, relations));
    }

    private static Resource address(String name, Workload workload) {
        return Resources.of(
                TypeUrls.ADDRESS,
                name,
                Address.newBuilder().setWorkload(workload).build());
    }
}

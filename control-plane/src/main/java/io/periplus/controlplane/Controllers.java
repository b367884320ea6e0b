package io.periplus.controlplane;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.periplus.api.NamespacedName;
import io.periplus.controlplane.gateway.GatewayClasses;
import io.periplus.controlplane.gateway.GatewayDeployer;
import io.periplus.controlplane.gateway.GatewayObjects;
import io.periplus.controlplane.gateway.GatewayStatusWriter;
import io.periplus.controlplane.gateway.ListenerSetStatusWriter;
import io.periplus.controlplane.kube.Applies;
import io.periplus.controlplane.kube.BackendTlsStatusObjects;
import io.periplus.controlplane.kube.Kinds;
import io.periplus.controlplane.kube.OwnedWatches;
import io.periplus.controlplane.kube.RateLimitStatusObjects;
import io.periplus.controlplane.kube.RootCertificates;
import io.periplus.controlplane.kube.RouteStatusObjects;
import io.periplus.controlplane.status.AddressWriter;
import io.periplus.controlplane.status.BackendTlsStatusWriter;
import io.periplus.controlplane.status.ConditionWriter;
import io.periplus.controlplane.status.RateLimitStatusWriter;
import io.periplus.controlplane.status.RouteStatusWriter;
import io.periplus.model.AmbientIndex;
import io.periplus.model.collection.Source;
import io.periplus.model.status.ConditionSet;
import io.periplus.model.status.ObjectConditions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What writes to the cluster: root certificates, deployments, status. Each is fed by one collection of the index. */
final class Controllers implements AutoCloseable {
    private final List<Reconciler<?>> reconcilers = new ArrayList<>();
    private final RootCertificates rootCertificates;
    private final GatewayClasses classes;
    private final OwnedWatches owned;

    Controllers(
            ControlPlaneConfig config,
            KubernetesClient client,
            IndexLoop loop,
            AmbientIndex index,
            Metrics metrics,
            Clock clock) {
        Applies applies = new Applies(client);
        rootCertificates = new RootCertificates(client);
        index.watched.namespaces.observe(rootCertificates::namespacesChanged);
        reconcilers.add(rootCertificates.reconciler());

        classes = new GatewayClasses(applies, clock);
        index.watched.gatewayClasses.observe(classes::changed);
        reconcilers.add(classes.reconciler());

        GatewayDeployer deployer = new GatewayDeployer(
                new GatewayObjects(
                        config.mesh(), config.waypointImage(), config.waypointNetwork(), config.proxyEnvironment()),
                applies,
                client.getKubernetesSerialization(),
                new Reports(loop));
        index.ownGateways.deployments().observe(deployer::changed);
        reconcilers.add(deployer.reconciler());
        owned = new OwnedWatches(client, deployer::objectChanged, rootCertificates::configMapChanged, metrics);

        GatewayStatusWriter gatewayStatus = new GatewayStatusWriter(applies, clock);
        index.gatewayStatus.observe(gatewayStatus.writer()::changed);
        reconcilers.add(gatewayStatus.writer().reconciler());
        ListenerSetStatusWriter setStatus = new ListenerSetStatusWriter(applies, clock);
        index.listenerSetStatus.observe(setStatus.writer()::changed);
        reconcilers.add(setStatus.writer().reconciler());

        RouteStatusWriter routeStatus = new RouteStatusWriter(new RouteStatusObjects(client), clock);
        index.routes.statuses.observe(routeStatus.writer()::changed);
        reconcilers.add(routeStatus.writer().reconciler());
        BackendTlsStatusWriter backendTls = new BackendTlsStatusWriter(new BackendTlsStatusObjects(client), clock);
        index.backendTlsStatus.observe(backendTls.writer()::changed);
        reconcilers.add(backendTls.writer().reconciler());

        RateLimitStatusWriter rateLimits = new RateLimitStatusWriter(new RateLimitStatusObjects(client), clock);
        index.limits.statuses.observe(rateLimits.writer()::changed);
        reconcilers.add(rateLimits.writer().reconciler());

        ConditionWriter<ObjectConditions> services =
                new ConditionWriter<>(applies, Kinds.SERVICE, "istio-ambient-service", clock);
        index.serviceStatus.observe(services.writer()::changed);
        ConditionWriter<ConditionSet> entries =
                new ConditionWriter<>(applies, Kinds.SERVICE_ENTRY, "istio-ambient-service", clock);
        index.entryStatus.observe(entries.writer()::changed);
        ConditionWriter<ObjectConditions> workloadEntries =
                new ConditionWriter<>(applies, Kinds.WORKLOAD_ENTRY, "istio-ambient-workloadentry", clock);
        index.workloadEntryStatus.observe(workloadEntries.writer()::changed);
        AddressWriter addresses = new AddressWriter(applies);
        index.allocatedAddresses.observe(addresses.writer()::changed);
        ConditionWriter<ObjectConditions> ztunnel =
                new ConditionWriter<>(applies, Kinds.AUTHORIZATION_POLICY, "istio-ambient-ztunnel-policy", clock);
        index.ztunnelStatus.observe(ztunnel.writer()::changed);
        ConditionWriter<ObjectConditions> waypoint =
                new ConditionWriter<>(applies, Kinds.AUTHORIZATION_POLICY, "istio-ambient-waypoint-policy", clock);
        index.waypointStatus.observe(waypoint.writer()::changed);
        ConditionWriter<ObjectConditions> tokens =
                new ConditionWriter<>(applies, Kinds.REQUEST_AUTHENTICATION, "istio-ambient-waypoint-policy", clock);
        index.tokenStatus.observe(tokens.writer()::changed);
        ConditionWriter<ObjectConditions> destinationRules =
                new ConditionWriter<>(applies, Kinds.DESTINATION_RULE, "istio-ambient-destination-rule", clock);
        index.destinationRuleStatus.observe(destinationRules.writer()::changed);
        reconcilers.addAll(List.of(
                services.writer().reconciler(),
                entries.writer().reconciler(),
                workloadEntries.writer().reconciler(),
                addresses.writer().reconciler(),
                ztunnel.writer().reconciler(),
                waypoint.writer().reconciler(),
                tokens.writer().reconciler(),
                destinationRules.writer().reconciler()));
    }

    /** Begins to write; the index should be complete, so that nothing half-known is written. */
    void start(String roots) {
        rootCertificates.roots(roots);
        owned.start();
        classes.ensure();
        reconcilers.forEach(Reconciler::start);
    }

    /** Distributes other roots. */
    void roots(String pem) {
        rootCertificates.roots(pem);
    }

    @Override
    public void close() {
        reconcilers.forEach(Reconciler::close);
        owned.close();
    }

    /** Problems of deployments become part of the index, from which status is derived. */
    private record Reports(IndexLoop loop) implements GatewayDeployer.Problems {
        @Override
        public void notDeployed(NamespacedName gateway, @Nullable String problem) {
            report(gateway, problem, index -> index.watched.gatewayProblems);
        }

        @Override
        public void invalidParameters(NamespacedName gateway, @Nullable String problem) {
            report(gateway, problem, index -> index.watched.overlayProblems);
        }

        private void report(
                NamespacedName gateway,
                @Nullable String problem,
                Function<AmbientIndex, Source<NamespacedName, String>> where) {
            loop.submit(index -> {
                if (problem == null) {
                    where.apply(index).remove(gateway);
                } else {
                    where.apply(index).put(gateway, problem);
                }
            });
        }
    }
}

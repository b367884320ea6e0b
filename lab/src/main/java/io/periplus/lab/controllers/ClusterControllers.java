package io.periplus.lab.controllers;

import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.function.Supplier;

/** All controllers of one cluster, started and stopped together. */
public final class ClusterControllers implements AutoCloseable {
    private final ControllerManager manager;

    private ClusterControllers(ControllerManager manager) {
        this.manager = manager;
    }

    /**
     * What the controllers have to know about their cluster.
     *
     * @param cluster its name, for logs
     * @param rootCertificatePem what vouches for the API server, for every namespace's {@code kube-root-ca.crt}
     * @param apiServerAddress where pods reach the API server behind the {@code kubernetes} Service
     * @param kubernetesAddress cluster IP of the {@code kubernetes} Service
     * @param dnsAddress cluster IP of the {@code kube-dns} Service
     * @param nodeGrace how long a kubelet may be silent before its node counts as unreachable
     */
    public record Settings(
            String cluster,
            String rootCertificatePem,
            String apiServerAddress,
            int apiServerPort,
            String kubernetesAddress,
            String dnsAddress,
            Duration nodeGrace) {}

    /**
     * Makes the cluster's own objects and starts all controllers.
     *
     * @param types the types that the API serves now, custom resources included; asked again and again
     */
    public static ClusterControllers start(
            ObjectStore store,
            Supplier<? extends Collection<ResourceType>> types,
            Settings settings,
            InstantSource clock) {
        var systemObjects = new SystemObjects(store, settings);
        systemObjects.ensure();
        var manager = new ControllerManager(settings.cluster(), store);
        manager.start(systemObjects);
        manager.start(new NamespaceController(store, settings.rootCertificatePem()));
        manager.start(new NamespaceDeletion(store, types, recorder(store, clock, "namespace-controller")));
        manager.start(
                new NodeLifecycleController(store, recorder(store, clock, "node-controller"), settings.nodeGrace()));
        manager.start(new TaintEviction(store, recorder(store, clock, "taint-eviction-controller")));
        manager.start(new Scheduler(store, recorder(store, clock, "default-scheduler")));
        manager.start(new DeploymentController(store, recorder(store, clock, "deployment-controller")));
        manager.start(new ReplicaSetController(store, recorder(store, clock, "replicaset-controller")));
        manager.start(new DaemonSetController(store, recorder(store, clock, "daemonset-controller")));
        manager.start(new StatefulSetController(store, recorder(store, clock, "statefulset-controller")));
        manager.start(new JobController(store, recorder(store, clock, "job-controller")));
        manager.start(new AutoscalerBounds(store, recorder(store, clock, "horizontal-pod-autoscaler")));
        manager.start(new EndpointSliceController(store));
        manager.start(new EndpointsController(store));
        manager.start(new GarbageCollector(store, types));
        manager.start(new PodGarbageCollector(store));
        manager.start(new DisruptionController(store, recorder(store, clock, "controllermanager")));
        manager.start(new EventExpiry(store, clock));
        return new ClusterControllers(manager);
    }

    private static EventRecorder recorder(ObjectStore store, InstantSource clock, String component) {
        return new EventRecorder(store, clock, component);
    }

    /** Stops all controllers; returns when none of them works any more. */
    @Override
    public void close() {
        manager.close();
    }
}

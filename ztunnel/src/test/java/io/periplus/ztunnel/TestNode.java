package io.periplus.ztunnel;

import com.google.protobuf.ByteString;
import io.netty.channel.EventLoopGroup;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.hbone.HboneSettings;
import io.periplus.dataplane.identity.CertificateProvider;
import io.periplus.dataplane.identity.WorkloadCertificate;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.index.UpstreamResolver;
import io.periplus.dataplane.net.EpollLoops;
import io.periplus.dataplane.net.SocketSettings;
import io.periplus.dataplane.policy.AuthorizationCompiler;
import io.periplus.dataplane.policy.PolicyStore;
import io.periplus.dataplane.telemetry.MarkMetrics;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.dataplane.testing.TestCa;
import io.periplus.dataplane.tls.CompliancePolicy;
import io.periplus.dataplane.tls.Revocations;
import io.periplus.dataplane.tls.TlsContexts;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.zds.WorkloadInfo;
import io.periplus.ztunnel.dns.DnsMetrics;
import io.periplus.ztunnel.dns.DnsSettings;
import io.periplus.ztunnel.dns.HostAddresses;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A node with a static index and a CA of its own. */
final class TestNode implements AutoCloseable {
    static final String NAMESPACE = "shop";
    private static final String NODE = "node1";

    final EventLoopGroup loops = EpollLoops.newGroup("test", 2);
    final IndexStore index;
    final PolicyStore policies = new PolicyStore();
    final Flows flows = new Flows();
    final TestCa ca = new TestCa("node");
    final MetricsRegistry metrics = new MetricsRegistry();
    final Node node;
    final ConnectionTable connections;
    final PodProxies pods;

    /** What was reported. */
    static final class Flows implements FlowLog {
        /**
         * A finished connection.
         *
         * @param flag {@code null} if it was never opened
         */
        record Ended(
                Flow flow,
                @Nullable ResponseFlag flag,
                @Nullable String error) {}

        final List<Ended> ended = new CopyOnWriteArrayList<>();
        /** Name of the next hop and flag, of each attempt. */
        final List<String> attempts = new CopyOnWriteArrayList<>();

        private final Map<Flow, ResponseFlag> flags = new ConcurrentHashMap<>();

        @Override
        public Meter opened(Flow flow) {
            String hop = flow.destinationWorkload == null ? "" : flow.destinationWorkload.getName();
            return new Meter() {
                @Override
                public void received(int bytes) {}

                @Override
                public void sent(int bytes) {}

                @Override
                public void closed(ResponseFlag flag) {
                    flags.put(flow, flag);
                    attempts.add(hop + " " + flag.label());
                }
            };
        }

        @Override
        public void completed(Flow flow, @Nullable String error) {
            ended.add(new Ended(flow, flags.getOrDefault(flow, ResponseFlag.NONE), error));
        }

        @Override
        public void failed(Flow flow, String error) {
            ended.add(new Ended(flow, null, error));
        }

        @Override
        public void socketOpened(Flow.Reporter reporter) {}

        @Override
        public void socketClosed(Flow.Reporter reporter) {}

        List<Ended> of(Flow.Reporter reporter) {
            return ended.stream().filter(e -> e.flow().reporter == reporter).toList();
        }
    }

    TestNode() {
        this(DnsSettings.OFF);
    }

    TestNode(DnsSettings dns) {
        this(dns, Revocations.NONE, null);
    }

    /** @param certificates {@code null} for ones that last an hour, issued at once */
    TestNode(DnsSettings dns, Revocations revocations, @Nullable CertificateProvider certificates) {
        this(new Setting("", dns, revocations, certificates, Features.DEFAULT, HboneSettings.DEFAULT));
    }

    /**
     * What makes a node different.
     *
     * @param certificates {@code null} for ones that last an hour, issued at once
     */
    record Setting(
            String network,
            DnsSettings dns,
            Revocations revocations,
            @Nullable CertificateProvider certificates,
            Features features,
            HboneSettings hbone) {
        /** A node of this network, with the certificates of another node's authority, if that is given. */
        static Setting ofNetwork(String network, @Nullable TestNode authority) {
            return new Setting(
                    network,
                    DnsSettings.OFF,
                    Revocations.NONE,
                    authority == null ? null : authority.node.certificates(),
                    Features.DEFAULT,
                    HboneSettings.DEFAULT);
        }

        Setting with(Revocations other) {
            return new Setting(network, dns, other, certificates, features, hbone);
        }

        Setting with(DnsSettings other) {
            return new Setting(network, other, revocations, certificates, features, hbone);
        }

        Setting with(Features other) {
            return new Setting(network, dns, revocations, certificates, other, hbone);
        }

        Setting with(HboneSettings other) {
            return new Setting(network, dns, revocations, certificates, features, other);
        }
    }

    TestNode(Setting setting) {
        this(setting, new IndexStore(), _ -> false);
    }

    /** @param asker asks for an address that the index lacks */
    TestNode(Setting setting, IndexStore index, OnDemand.Asker asker) {
        this.index = index;
        this.connections = new ConnectionTable(index, policies, new MarkMetrics(metrics), new PolicyLog(false));
        DnsSettings dns = setting.dns();
        Revocations revocations = setting.revocations();
        CertificateProvider certificates = setting.certificates();
        node = new Node(
                NODE,
                setting.network(),
                loops,
                index,
                policies,
                certificates == null ? certificates() : certificates,
                new TlsContexts(CompliancePolicy.DEFAULT, revocations),
                new UpstreamResolver(RandomGenerator.of("L64X128MixRandom")),
                connections,
                flows,
                setting.hbone(),
                SocketSettings.IN_POD,
                setting.features(),
                java.time.Duration.ofSeconds(2),
                dns,
                new DnsMetrics(metrics),
                new OnDemandNames(new HostAddresses(loops.next(), dns), metrics),
                new OnDemand(index, asker));
        pods = new PodProxies(node, CompletableFuture.completedFuture(null), _ -> {});
        pods.connected();
        pods.snapshotSent();
    }

    private CertificateProvider certificates() {
        Map<SpiffeId, WorkloadCertificate> issued = new ConcurrentHashMap<>();
        return new CertificateProvider() {
            @Override
            public CompletableFuture<WorkloadCertificate> fetch(SpiffeId identity) {
                return CompletableFuture.completedFuture(
                        issued.computeIfAbsent(identity, id -> ca.issue(id, java.time.Duration.ofHours(1))));
            }

            @Override
            public @Nullable WorkloadCertificate current(SpiffeId identity) {
                return issued.get(identity);
            }

            @Override
            public Subscription onIssued(Consumer<WorkloadCertificate> listener) {
                return () -> {};
            }
        };
    }

    /** Serves a pod and makes it known. */
    void enrol(PodHost pod, String... services) throws IOException {
        publish(workload(pod, TunnelProtocol.HBONE, services).build());
        serve(pod);
    }

    void serve(PodHost pod) throws IOException {
        pods.add(
                uid(pod),
                WorkloadInfo.newBuilder()
                        .setName(pod.name())
                        .setNamespace(NAMESPACE)
                        .setServiceAccount(pod.name())
                        .build(),
                pod.namespace().duplicate());
    }

    static String uid(PodHost pod) {
        return "uid-" + pod.name();
    }

    static Workload.Builder workload(PodHost pod, TunnelProtocol protocol, String... services) {
        Workload.Builder workload = Workload.newBuilder()
                .setUid("cluster1//Pod/" + NAMESPACE + "/" + pod.name())
                .setName(pod.name())
                .setNamespace(NAMESPACE)
                .setServiceAccount(pod.name())
                .setNode(NODE)
                .setClusterId("cluster1")
                .setWorkloadName(pod.name())
                .setCanonicalName(pod.name())
                .setTunnelProtocol(protocol)
                .addAddresses(bytes(pod.address()))
                .addAddresses(bytes(pod.address6()));
        for (String service : services) {
            workload.putServices(NAMESPACE + "/" + hostname(service), PortList.getDefaultInstance());
        }
        return workload;
    }

    static Service.Builder service(String name, String vip, int port, int targetPort) {
        return Service.newBuilder()
                .setName(name)
                .setNamespace(NAMESPACE)
                .setHostname(hostname(name))
                .addAddresses(NetworkAddress.newBuilder().setAddress(bytes(vip)))
                .addPorts(Port.newBuilder().setServicePort(port).setTargetPort(targetPort));
    }

    static String hostname(String service) {
        return service + "." + NAMESPACE + ".svc.cluster.local";
    }

    static ByteString bytes(String address) {
        return ByteString.copyFrom(IpAddress.parse(address).toInetAddress().getAddress());
    }

    void publish(Workload workload) {
        publish(workload.getUid(), Address.newBuilder().setWorkload(workload).build());
    }

    void publish(Service service) {
        publish(
                service.getNamespace() + "/" + service.getHostname(),
                Address.newBuilder().setService(service).build());
    }

    private void publish(String name, Address address) {
        Map<String, String> rejected = index.apply(Map.of(name, address), List.of());
        if (!rejected.isEmpty()) {
            throw new IllegalStateException(rejected.toString());
        }
    }

    void policy(Authorization policy) {
        policies.apply(List.of(AuthorizationCompiler.compile(policy)), List.of());
    }

    /** Any number from 20000 up, so that tests do not meet each other. */
    static int port() {
        return ThreadLocalRandom.current().nextInt(20_000, 30_000);
    }

    @Override
    public void close() {
        pods.close();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
}

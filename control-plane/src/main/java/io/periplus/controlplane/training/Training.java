package io.periplus.controlplane.training;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.periplus.controlplane.ControlPlane;
import io.periplus.controlplane.ControlPlaneConfig;
import io.periplus.controlplane.kube.KubeClients;
import io.periplus.controlplane.xds.TypeUrls;
import io.periplus.wire.ca.IstioCertificateRequest;
import io.periplus.wire.ca.IstioCertificateServiceGrpc;
import io.periplus.wire.xds.AggregatedDiscoveryServiceGrpc;
import io.periplus.wire.xds.DeltaDiscoveryRequest;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import io.periplus.wire.xds.core.Node;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Starts a control plane, has it serve one proxy once, and stops it. */
public final class Training {
    private static final int SECONDS_MAX = 60;

    private Training() {}

    /** Runs through it; fails when a step takes too long. */
    public static void run() throws Exception {
        try (TrainingApi api = new TrainingApi()) {
            Config access = KubeClients.tuned(new ConfigBuilder(Config.empty())
                    .withMasterUrl(api.url())
                    .withAutoConfigure(false)
                    .build());
            ControlPlaneConfig config = ControlPlaneConfig.from(
                            Map.of("ROOT_CA_DIR", "/nonexistent", "WAYPOINT_IMAGE", "image"))
                    .withPorts(new ControlPlaneConfig.Ports(0, 0, 0, 0));
            try (ControlPlane controlPlane = new ControlPlane(config, KubeClients.client(access))) {
                controlPlane.start();
                if (!controlPlane.awaitReady(SECONDS_MAX, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("not ready within " + SECONDS_MAX + " s");
                }
                serve(controlPlane.securePort());
            }
        }
    }

    private static void serve(int port) throws Exception {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer x");
        // The server is in this process; nothing of worth is said.
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .build())
                .overrideAuthority("istiod.istio-system.svc")
                .build();
        try {
            CountDownLatch answers = new CountDownLatch(2);
            StreamObserver<DeltaDiscoveryRequest> requests = AggregatedDiscoveryServiceGrpc.newStub(channel)
                    .deltaAggregatedResources(new StreamObserver<>() {
                        @Override
                        public void onNext(DeltaDiscoveryResponse response) {
                            answers.countDown();
                        }

                        @Override
                        public void onError(Throwable t) {}

                        @Override
                        public void onCompleted() {}
                    });
            for (String type : new String[] {TypeUrls.ADDRESS, TypeUrls.AUTHORIZATION}) {
                requests.onNext(DeltaDiscoveryRequest.newBuilder()
                        .setNode(Node.newBuilder().setId("ztunnel~10.0.0.1~p.a~a.svc.cluster.local"))
                        .setTypeUrl(type)
                        .build());
            }
            if (!answers.await(SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no answers within " + SECONDS_MAX + " s");
            }
            IstioCertificateServiceGrpc.newBlockingStub(channel)
                    .createCertificate(
                            IstioCertificateRequest.newBuilder().setCsr(csr()).build());
        } finally {
            channel.shutdownNow();
        }
    }

    private static String csr() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        byte[] encoded = new JcaPKCS10CertificationRequestBuilder(new X500Principal(""), keys.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                .getEncoded();
        return "-----BEGIN CERTIFICATE REQUEST-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
                + "\n-----END CERTIFICATE REQUEST-----\n";
    }
}

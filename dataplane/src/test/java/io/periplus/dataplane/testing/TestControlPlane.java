package io.periplus.dataplane.testing;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContextBuilder;
import io.periplus.wire.ca.IstioCertificateRequest;
import io.periplus.wire.ca.IstioCertificateResponse;
import io.periplus.wire.ca.IstioCertificateServiceGrpc;
import io.periplus.wire.xds.AggregatedDiscoveryServiceGrpc;
import io.periplus.wire.xds.DeltaDiscoveryRequest;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A control plane whose answers the test gives: real gRPC over real TLS. */
public final class TestControlPlane implements AutoCloseable {
    public final TestAuthority authority;
    public final BlockingQueue<DeltaDiscoveryRequest> requests = new LinkedBlockingQueue<>();
    public final BlockingQueue<Metadata> callHeaders = new LinkedBlockingQueue<>();
    public final BlockingQueue<IstioCertificateRequest> signingRequests = new LinkedBlockingQueue<>();
    public final AtomicInteger refuseSigning = new AtomicInteger();
    public volatile Duration lifetime = Duration.ofHours(1);
    private final BlockingQueue<StreamObserver<DeltaDiscoveryResponse>> streams = new LinkedBlockingQueue<>();
    private final Server server;

    public TestControlPlane(TestAuthority authority, int port) throws IOException {
        this(authority, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** One that listens there, whatever its certificate says. */
    public TestControlPlane(TestAuthority authority, InetSocketAddress address) throws IOException {
        this.authority = authority;
        TestAuthority.Issued own = authority.issueForLocalhost();
        server = NettyServerBuilder.forAddress(address)
                .sslContext(GrpcSslContexts.configure(SslContextBuilder.forServer(own.key(), own.certificate()))
                        .build())
                .intercept(new Recorder())
                .addService(new Discovery())
                .addService(new Signing())
                .build()
                .start();
    }

    public int port() {
        return server.getPort();
    }

    public URI uri() {
        return URI.create("https://localhost:" + port());
    }

    /** The next stream that a client opens. */
    public StreamObserver<DeltaDiscoveryResponse> nextStream() throws InterruptedException {
        return taken(streams);
    }

    /** The next request of any stream. */
    public DeltaDiscoveryRequest nextRequest() throws InterruptedException {
        return taken(requests);
    }

    public static <T> T taken(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(10, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing arrived within 10 s");
        }
        return next;
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private final class Recorder implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            callHeaders.add(headers);
            return next.startCall(call, headers);
        }
    }

    private final class Discovery extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {
        @Override
        public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
                StreamObserver<DeltaDiscoveryResponse> out) {
            streams.add(out);
            return new StreamObserver<>() {
                @Override
                public void onNext(DeltaDiscoveryRequest request) {
                    requests.add(request);
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {}
            };
        }
    }

    private final class Signing extends IstioCertificateServiceGrpc.IstioCertificateServiceImplBase {
        @Override
        public void createCertificate(IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> out) {
            signingRequests.add(request);
            if (refuseSigning.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                out.onError(
                        Status.PERMISSION_DENIED.withDescription("not for you").asRuntimeException());
                return;
            }
            out.onNext(IstioCertificateResponse.newBuilder()
                    .addCertChain(TestAuthority.pem(authority.sign(request.getCsr(), lifetime)))
                    .addCertChain(TestAuthority.pem(authority.root()))
                    .build());
            out.onCompleted();
        }
    }
}

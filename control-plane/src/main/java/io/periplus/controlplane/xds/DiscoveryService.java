package io.periplus.controlplane.xds;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.periplus.controlplane.Metrics;
import io.periplus.controlplane.auth.AuthInterceptor;
import io.periplus.wire.xds.AggregatedDiscoveryServiceGrpc;
import io.periplus.wire.xds.DeltaDiscoveryRequest;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import io.periplus.wire.xds.DiscoveryRequest;
import io.periplus.wire.xds.DiscoveryResponse;
import java.time.Clock;
import java.util.function.BooleanSupplier;

/** Aggregated discovery. Streams that come before the index is complete are turned away, to come back. */
public final class DiscoveryService extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {
    private final Catalog catalog;
    private final Connections connections;
    private final BooleanSupplier ready;
    private final Metrics metrics;
    private final Clock clock;

    public DiscoveryService(
            Catalog catalog, Connections connections, BooleanSupplier ready, Metrics metrics, Clock clock) {
        this.catalog = catalog;
        this.connections = connections;
        this.ready = ready;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
            StreamObserver<DeltaDiscoveryResponse> responses) {
        var out = (ServerCallStreamObserver<DeltaDiscoveryResponse>) responses;
        if (!ready.getAsBoolean()) {
            out.onError(Status.UNAVAILABLE
                    .withDescription("the control plane has not read the cluster's objects yet")
                    .asRuntimeException());
            return new Ignored<>();
        }
        DeltaConnection connection =
                new DeltaConnection(catalog, AuthInterceptor.CALLER.get(), out, connections, metrics, clock);
        connection.start();
        return connection;
    }

    @Override
    public StreamObserver<DiscoveryRequest> streamAggregatedResources(StreamObserver<DiscoveryResponse> responses) {
        responses.onError(Status.UNIMPLEMENTED
                .withDescription("only the delta protocol is served; use DeltaAggregatedResources")
                .asRuntimeException());
        return new Ignored<>();
    }

    private static final class Ignored<T> implements StreamObserver<T> {
        @Override
        public void onNext(T value) {}

        @Override
        public void onError(Throwable t) {}

        @Override
        public void onCompleted() {}
    }
}

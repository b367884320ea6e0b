package io.periplus.controlplane;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.periplus.wire.xds.AggregatedDiscoveryServiceGrpc;
import io.periplus.wire.xds.DeltaDiscoveryRequest;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import io.periplus.wire.xds.Resource;
import io.periplus.wire.xds.core.Node;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A proxy's side of a delta stream, driven by the test. */
final class DeltaClient {
    // Only a failing test waits this long; a busy machine may need some of it.
    private static final int PATIENCE_SECONDS = 30;

    private final BlockingQueue<DeltaDiscoveryResponse> responses = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> ended = new CompletableFuture<>();
    private final StreamObserver<DeltaDiscoveryRequest> requests;
    private final Node node;

    DeltaClient(ManagedChannel channel, String id, Map<String, String> metadata) {
        Struct.Builder struct = Struct.newBuilder();
        metadata.forEach((key, value) ->
                struct.putFields(key, Value.newBuilder().setStringValue(value).build()));
        node = Node.newBuilder().setId(id).setMetadata(struct).build();
        requests = AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(new StreamObserver<>() {
            @Override
            public void onNext(DeltaDiscoveryResponse response) {
                responses.add(response);
            }

            @Override
            public void onError(Throwable t) {
                ended.complete(Status.fromThrowable(t));
            }

            @Override
            public void onCompleted() {
                ended.complete(Status.OK);
            }
        });
    }

    static DeltaClient ztunnel(Fixture fixture) throws Exception {
        return new DeltaClient(
                fixture.channel("istio-system/ztunnel/ztunnel-1/uid-ztunnel-1"),
                "ztunnel~10.0.0.2~ztunnel-1.istio-system~istio-system.svc.cluster.local",
                Map.of("NAME", "ztunnel-1", "NAMESPACE", "istio-system", "NODE_NAME", "node1"));
    }

    void send(DeltaDiscoveryRequest.Builder request) {
        requests.onNext(request.setNode(node).build());
    }

    void subscribe(String typeUrl) {
        send(DeltaDiscoveryRequest.newBuilder().setTypeUrl(typeUrl));
    }

    void ack(DeltaDiscoveryResponse response) {
        send(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce()));
    }

    DeltaDiscoveryResponse next() throws InterruptedException {
        DeltaDiscoveryResponse response = responses.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (response == null) {
            throw new AssertionError("no response within " + PATIENCE_SECONDS + " s");
        }
        return response;
    }

    /** The next response, or null when none comes for a moment. */
    @Nullable
    DeltaDiscoveryResponse nextIfAny() throws InterruptedException {
        return responses.poll(150, TimeUnit.MILLISECONDS);
    }

    Status end() throws Exception {
        return ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    static List<String> names(DeltaDiscoveryResponse response) {
        return response.getResourcesList().stream()
                .map(Resource::getName)
                .sorted()
                .toList();
    }
}

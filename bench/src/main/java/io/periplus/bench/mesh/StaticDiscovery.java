package io.periplus.bench.mesh;

import com.google.protobuf.Any;
import io.grpc.stub.StreamObserver;
import io.periplus.wire.workload.Address;
import io.periplus.wire.xds.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.periplus.wire.xds.DeltaDiscoveryRequest;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import io.periplus.wire.xds.Resource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Answers the first request of each type with all there is: the addresses, and nothing of any other type. */
final class StaticDiscovery extends AggregatedDiscoveryServiceImplBase {
    private static final String ADDRESS = "type.googleapis.com/istio.workload.Address";

    private final Map<String, Address> addresses;

    StaticDiscovery(Map<String, Address> addresses) {
        this.addresses = addresses;
    }

    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
            StreamObserver<DeltaDiscoveryResponse> answers) {
        Set<String> answered = new HashSet<>();
        return new StreamObserver<>() {
            @Override
            public void onNext(DeltaDiscoveryRequest request) {
                if (answered.add(request.getTypeUrl())) {
                    answers.onNext(all(request.getTypeUrl()));
                }
            }

            @Override
            public void onError(Throwable failure) {
                // The proxy has gone.
            }

            @Override
            public void onCompleted() {
                answers.onCompleted();
            }
        };
    }

    private DeltaDiscoveryResponse all(String type) {
        DeltaDiscoveryResponse.Builder response =
                DeltaDiscoveryResponse.newBuilder().setTypeUrl(type).setNonce(type);
        if (type.equals(ADDRESS)) {
            addresses.forEach((name, address) -> response.addResources(Resource.newBuilder()
                    .setName(name)
                    .setVersion("1")
                    .setResource(Any.newBuilder().setTypeUrl(type).setValue(address.toByteString()))));
        }
        return response.build();
    }
}

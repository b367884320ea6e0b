package io.periplus.dataplane.controlplane;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.util.concurrent.Executor;

/** Adds the token and the cluster id to each call. A call without a readable token fails before it is sent. */
final class CallHeaders extends CallCredentials {
    private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
    private static final Metadata.Key<String> CLUSTER_ID = key("clusterid");

    private final ControlPlaneAddress address;

    CallHeaders(ControlPlaneAddress address) {
        this.address = address;
    }

    @Override
    public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
        executor.execute(() -> {
            try {
                applier.apply(headers());
            } catch (IOException e) {
                applier.fail(Status.UNAUTHENTICATED
                        .withDescription("bearer token " + address.token() + ": " + e.getMessage())
                        .withCause(e));
            }
        });
    }

    private Metadata headers() throws IOException {
        Metadata headers = new Metadata();
        headers.put(CLUSTER_ID, address.clusterId());
        address.headers().forEach((name, value) -> headers.put(key(name), value));
        FileOrText source = address.token();
        if (source != null) {
            String token = source.read().strip();
            if (token.isEmpty()) {
                throw new IOException("it is empty");
            }
            headers.put(AUTHORIZATION, "Bearer " + token);
        }
        return headers;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}

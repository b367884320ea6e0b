package io.periplus.cli.experimental;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.CliException;
import io.periplus.cli.Globals;
import io.periplus.cli.analyze.snapshot.ClusterReader;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Origin;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeException;
import java.util.EnumSet;
import java.util.Set;

/** Reads what a description of a pod or Service needs; of pods only those of a namespace and the ztunnels. */
final class MeshReader {
    private static final Set<ObjectKind> KINDS = EnumSet.of(
            ObjectKind.NAMESPACE,
            ObjectKind.SERVICE,
            ObjectKind.SERVICE_ENTRY,
            ObjectKind.GATEWAY,
            ObjectKind.GATEWAY_CLASS,
            ObjectKind.HTTP_ROUTE,
            ObjectKind.GRPC_ROUTE,
            ObjectKind.TLS_ROUTE,
            ObjectKind.TCP_ROUTE,
            ObjectKind.AUTHORIZATION_POLICY,
            ObjectKind.REQUEST_AUTHENTICATION,
            ObjectKind.PEER_AUTHENTICATION,
            ObjectKind.RATE_LIMIT_POLICY,
            ObjectKind.DESTINATION_RULE,
            ObjectKind.TELEMETRY);

    private MeshReader() {}

    /** The mesh around a namespace. */
    static Snapshot read(KubeClient client, Globals globals, String namespace) throws KubeException {
        Snapshot snapshot = new Snapshot("", globals.systemNamespace());
        ClusterReader reader = new ClusterReader(client);
        reader.read(KINDS, snapshot);
        if (!reader.problems().isEmpty()) {
            throw new CliException(reader.problems().getFirst());
        }
        for (JsonNode pod : client.list(ObjectKind.POD.resource(), namespace, null)) {
            snapshot.put(KubeObject.of(ObjectKind.POD, pod, namespace, Origin.CLUSTER));
        }
        for (JsonNode pod : client.list(ObjectKind.POD.resource(), globals.systemNamespace(), "app=ztunnel")) {
            snapshot.put(KubeObject.of(ObjectKind.POD, pod, globals.systemNamespace(), Origin.CLUSTER));
        }
        return snapshot;
    }
}

package io.periplus.dataplane.xds;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.periplus.wire.xds.core.Node;
import java.util.Map;

/** Builds the node that a proxy introduces itself as. */
public final class ProxyNode {
    private static final String UNKNOWN_ADDRESS = "1.1.1.1";

    private ProxyNode() {}

    /**
     * A node with id {@code <type>~<ip>~<pod>.<namespace>~<namespace>.svc.<domain>}.
     *
     * @param type {@code ztunnel} or {@code waypoint}
     * @param ip the pod's address; empty if unknown
     * @param domain the cluster's DNS domain, {@code cluster.local}
     * @param metadata more metadata by name; NAME and NAMESPACE are added
     */
    public static Node of(
            String type, String ip, String pod, String namespace, String domain, Map<String, String> metadata) {
        Struct.Builder struct = Struct.newBuilder();
        metadata.forEach((key, value) -> struct.putFields(key, text(value)));
        return of(type, ip, pod, namespace, domain, struct.build());
    }

    /** The same with metadata of any kind; INSTANCE_IPS is added, too. */
    public static Node of(String type, String ip, String pod, String namespace, String domain, Struct metadata) {
        String address = ip.isEmpty() ? UNKNOWN_ADDRESS : ip;
        Struct.Builder struct = Struct.newBuilder()
                .putFields("NAME", text(pod))
                .putFields("NAMESPACE", text(namespace))
                .putFields("INSTANCE_IPS", text(address))
                .mergeFrom(metadata);
        return Node.newBuilder()
                .setId(type + "~" + address + "~" + pod + "." + namespace + "~" + namespace + ".svc." + domain)
                .setMetadata(struct)
                .build();
    }

    private static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }
}

package io.periplus.dataplane.xds;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.periplus.wire.xds.core.Node;
import java.util.Map;
import java.util.TreeMap;

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
        Map<String, String> all = new TreeMap<>(metadata);
        all.put("NAME", pod);
        all.put("NAMESPACE", namespace);
        Struct.Builder struct = Struct.newBuilder();
        all.forEach((key, value) ->
                struct.putFields(key, Value.newBuilder().setStringValue(value).build()));
        String address = ip.isEmpty() ? UNKNOWN_ADDRESS : ip;
        return Node.newBuilder()
                .setId(type + "~" + address + "~" + pod + "." + namespace + "~" + namespace + ".svc." + domain)
                .setMetadata(struct)
                .build();
    }
}

package io.periplus.controlplane.xds;

import com.google.protobuf.Value;
import io.grpc.Status;
import io.grpc.StatusException;
import io.periplus.api.IpAddresses;
import io.periplus.api.NamespacedName;
import io.periplus.controlplane.auth.Caller;
import io.periplus.wire.xds.core.Node;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client, as it introduces itself.
 *
 * @param id      {@code <type>~<ip>~<pod>.<namespace>~<domain>}
 * @param node           that the proxy runs on; empty when it does not say
 * @param gateway        the Gateway that the proxy belongs to; null for a ztunnel
 * @param serviceAccount as its token proves; null when it has shown none
 */
public record NodeInfo(
        String id,
        Kind kind,
        String name,
        String namespace,
        String cluster,
        String node,
        @Nullable NamespacedName gateway,
        @Nullable String serviceAccount) {

    /** Kinds of proxies. */
    public enum Kind {
        ZTUNNEL,
        WAYPOINT,
        /** A Gateway at the edge. */
        ROUTER,
        OTHER
    }

    /** Reads and checks a node; a caller may only introduce itself as a proxy of its own namespace and account. */
    static NodeInfo of(Node node, @Nullable Caller caller) throws StatusException {
        String[] parts = node.getId().split("~", -1);
        if (parts.length != 4) {
            throw invalid("node id \"" + node.getId() + "\" (expected <type>~<ip>~<pod>.<namespace>~<domain>)");
        }
        if (IpAddresses.parse(parts[1]).isEmpty()) {
            throw invalid("node id \"" + node.getId() + "\": \"" + parts[1] + "\" is no IP address");
        }
        Kind kind = switch (parts[0]) {
            case "ztunnel" -> Kind.ZTUNNEL;
            case "waypoint" -> Kind.WAYPOINT;
            case "router" -> Kind.ROUTER;
            case "sidecar", "agentgateway" -> Kind.OTHER;
            default -> throw invalid("node id \"" + node.getId() + "\": unknown type \"" + parts[0] + "\"");
        };
        Map<String, Value> metadata = node.getMetadata().getFieldsMap();
        int dot = parts[2].lastIndexOf('.');
        String name = text(metadata, "NAME", dot < 0 ? parts[2] : parts[2].substring(0, dot));
        String namespace = text(metadata, "NAMESPACE", dot < 0 ? "" : parts[2].substring(dot + 1));
        if (caller != null) {
            check("NAMESPACE", namespace, caller.namespace());
            check(
                    "SERVICE_ACCOUNT",
                    text(metadata, "SERVICE_ACCOUNT", caller.serviceAccount()),
                    caller.serviceAccount());
        }
        String gateway = text(metadata, "GATEWAY_NAME", "");
        return new NodeInfo(
                node.getId(),
                kind,
                name,
                namespace,
                text(metadata, "CLUSTER_ID", ""),
                text(metadata, "NODE_NAME", ""),
                gateway.isEmpty() ? null : new NamespacedName(namespace, gateway),
                caller == null ? null : caller.serviceAccount());
    }

    /** The node whose workloads it gets unasked; empty for those that serve no node. */
    String nodeToFollow() {
        return kind == Kind.ZTUNNEL ? node : "";
    }

    /** The set from which this client is served a type; null when it is not served that type. */
    @Nullable
    SetKey set(String typeUrl) {
        return switch (typeUrl) {
            case TypeUrls.ADDRESS ->
                kind == Kind.WAYPOINT || kind == Kind.ROUTER ? SetKey.WAYPOINT_ADDRESSES : SetKey.ZTUNNEL_ADDRESSES;
            case TypeUrls.AUTHORIZATION -> SetKey.AUTHORIZATIONS;
            case TypeUrls.WAYPOINT_POLICY, TypeUrls.ROUTE, TypeUrls.EXTENSION_PROVIDER ->
                gateway == null ? null : SetKey.of(typeUrl, gateway);
            // Private keys are in there: a Gateway's name alone, which everybody can say, is not enough.
            case TypeUrls.GATEWAY ->
                gateway == null || serviceAccount == null ? null : SetKey.edge(gateway, serviceAccount);
            case TypeUrls.BACKEND_POLICY ->
                gateway == null || serviceAccount == null ? null : SetKey.backends(gateway, serviceAccount);
            case TypeUrls.RATE_LIMIT_POLICY ->
                gateway == null || serviceAccount == null ? null : SetKey.limits(gateway, serviceAccount);
            case TypeUrls.REQUEST_AUTHENTICATION ->
                gateway == null || serviceAccount == null ? null : SetKey.tokens(gateway, serviceAccount);
            default -> null;
        };
    }

    private static void check(String field, String said, String proven) throws StatusException {
        if (!said.equals(proven)) {
            throw Status.PERMISSION_DENIED
                    .withDescription(
                            "node metadata " + field + " is \"" + said + "\", but the token is of \"" + proven + "\"")
                    .asException();
        }
    }

    private static StatusException invalid(String description) {
        return Status.INVALID_ARGUMENT.withDescription(description).asException();
    }

    private static String text(Map<String, Value> metadata, String key, String otherwise) {
        Value value = metadata.get(key);
        return value == null || value.getStringValue().isEmpty() ? otherwise : value.getStringValue();
    }
}

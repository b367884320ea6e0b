package io.periplus.waypoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Message;
import io.periplus.dataplane.admin.ConfigDump;
import io.periplus.dataplane.admin.ProtoJson;
import io.periplus.dataplane.identity.CertificateState;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.dataplane.policy.PolicySet;
import io.periplus.waypoint.mesh.Self;
import io.periplus.wire.waypoint.BackendPolicy;
import io.periplus.wire.waypoint.Gateway;
import io.periplus.wire.waypoint.RequestAuthentication;
import io.periplus.wire.waypoint.Route;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a waypoint or Gateway does, as {@code /config_dump} tells it: beside what every proxy of the mesh tells, its
 * {@code bootstrap}, {@code listeners}, {@code routes}, {@code clusters}, {@code requestAuthentications} and
 * {@code backendPolicies}. Routes, policies and
 * backend policies stand there as this proxy was sent them (ProtoJSON), without private keys.
 */
final class ProxyDump {
    private final WorkloadIndex index;
    private final ObjectNode dump;

    /** Begins with what every proxy tells. */
    ProxyDump(WorkloadIndex index, PolicySet policies, Collection<CertificateState> certificates, String version) {
        this.index = index;
        this.dump = ConfigDump.of(index, policies, certificates, version);
    }

    /** How the process was started. */
    ProxyDump bootstrap(ProxyConfig config) {
        ObjectNode json = dump.putObject("bootstrap");
        json.put("kind", config.kind().toString());
        json.put("gateway", config.gateway());
        json.put("namespace", config.namespace());
        json.put("pod", config.pod());
        json.put("node", config.node());
        json.put("identity", config.identity().toString());
        json.put("hostname", config.hostname());
        json.put("address", config.address());
        json.put("cluster", config.cluster());
        json.put("network", config.network());
        json.put("clusterDomain", config.clusterDomain());
        json.put("controlPlane", config.controlPlane());
        Path files = config.localFiles();
        if (files != null) {
            json.put("localFiles", files.toString());
        }
        json.put("certificateLifetime", config.certificateLifetime().toString());
        json.put("drain", config.drain().toString());
        json.put("threads", config.threads());
        json.put("trustedProxies", config.trustedProxies());
        json.put("accessLog", config.accessLog() != null);
        return this;
    }

    /** What is listened for: clients' tunnels at a waypoint, a Gateway's listeners at the edge. */
    ProxyDump listeners(ProxyKind kind, int hbonePort, Gateway gateway) {
        ArrayNode listeners = dump.putArray("listeners");
        if (kind == ProxyKind.WAYPOINT) {
            listeners.addObject().put("name", "mesh").put("port", hbonePort).put("protocol", "HBONE");
        }
        gateway.getListenersList().forEach(listener -> listeners.add(ProtoJson.of(listener)));
        return this;
    }

    /** Routes, and where they and the services that this proxy fronts lead. */
    ProxyDump routes(Map<String, Route> routes, Self self) {
        dump.set("routes", named(routes));
        dump.set("clusters", new ClusterDump(index, self).of(routes.values()));
        return this;
    }

    /** Which tokens are accepted; names of keys stand for the keys. */
    ProxyDump requestAuthentications(Map<String, RequestAuthentication> authentications) {
        dump.set("requestAuthentications", named(authentications));
        return this;
    }

    /** How backends are spoken to. */
    ProxyDump backendPolicies(Map<String, BackendPolicy> policies) {
        dump.set("backendPolicies", named(policies));
        return this;
    }

    /** The document. */
    ObjectNode json() {
        return dump;
    }

    private static ArrayNode named(Map<String, ? extends Message> resources) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        new TreeMap<String, Message>(resources).forEach((_, resource) -> array.add(ProtoJson.of(resource)));
        return array;
    }
}

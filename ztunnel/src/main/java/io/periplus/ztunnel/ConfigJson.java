package io.periplus.ztunnel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.dataplane.hbone.HboneSettings;
import io.periplus.dataplane.net.SocketSettings;
import java.time.Duration;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The settings in {@code /config_dump}, by upstream's names; tokens and the values of headers stay out of it. */
final class ConfigJson {
    private ConfigJson() {}

    static ObjectNode of(ZtunnelConfig config) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        proxy(json, config);
        node(json, config);
        controlPlane(json, config);
        sockets(json.putObject("socketConfig"), config.sockets());
        return json;
    }

    private static void proxy(ObjectNode json, ZtunnelConfig config) {
        HboneSettings hbone = config.hbone();
        Features features = config.features();
        json.put("proxy", features.proxy())
                .put("dnsProxy", config.dns().enabled())
                .put("windowSize", hbone.streamWindow())
                .put("connectionWindowSize", hbone.connectionWindow())
                .put("frameSize", hbone.frameSize())
                .put("poolMaxStreamsPerConn", hbone.streamsPerConnection());
        duration(json, "poolUnusedReleaseTimeout", hbone.unusedRelease());
        json.put("adminAddr", "Localhost:" + config.ports().admin())
                .put("statsAddr", "Wildcard:" + config.ports().metrics())
                .put("readinessAddr", "Wildcard:" + config.ports().readiness());
        ArrayNode illegal = json.putArray("illegalPorts");
        IntStream.rangeClosed(1, 65_535).filter(features::isOwnPort).forEach(illegal::add);
        json.put("numWorkerThreads", config.threads())
                .put("localhostAppTunnel", features.localhostAppTunnel())
                .put("ipv6Enabled", features.ipv6())
                .put("enableEnhancedBaggage", features.baggage())
                .put("requireOriginalSource", required(features.originalSource()))
                .put("inpodUds", config.agentSocket().toString())
                .put("inpodPortReuse", features.portReuse())
                .put("packetMark", config.sockets().mark())
                .put("crlPath", text(config.crlFile()));
        duration(json, "selfTerminationDeadline", config.drain());
    }

    private static @Nullable Boolean required(Features.OriginalSource source) {
        return switch (source) {
            case ALWAYS -> true;
            case NEVER -> false;
            case IF_POSSIBLE -> null;
        };
    }

    private static void node(ObjectNode json, ZtunnelConfig config) {
        Pod only = config.standalone().pod();
        json.put("network", config.network())
                .put("localNode", config.node())
                .put("proxyMode", only == null ? "Shared" : "Dedicated")
                .put("clusterId", config.cluster())
                .put("clusterDomain", config.clusterDomain())
                .put("preferedServiceNamespace", config.dns().preferredNamespace());
        Pod own = only == null ? config.self() : only;
        if (own != null) {
            json.putObject(only == null ? "ztunnelWorkload" : "proxyWorkloadInformation")
                    .put("name", own.name())
                    .put("namespace", own.namespace())
                    .put("serviceAccount", own.serviceAccount());
        }
    }

    private static void controlPlane(ObjectNode json, ZtunnelConfig config) {
        boolean fake = config.standalone().fakeAuthority() != null;
        json.put("xdsAddress", config.standalone().controlPlane() ? config.xdsAddress() : null)
                .put("xdsRootCert", roots(config.xdsRoots()))
                .put("altXdsHostname", config.xdsOtherName())
                .put("xdsOnDemand", config.onDemand())
                .put("caAddress", fake ? null : config.caAddress())
                .put("caRootCert", roots(config.caRoots()))
                .put("altCaHostname", config.caOtherName())
                .put("fakeCa", fake);
        duration(json, "secretTtl", config.secretTtl());
        ObjectNode metadata = json.putObject("proxyMetadata");
        config.metadata().getFieldsMap().forEach((key, value) -> metadata.put(key, value.getStringValue()));
        config.xdsHeaders().keySet().forEach(json.putArray("xdsHeaders")::add);
        config.caHeaders().keySet().forEach(json.putArray("caHeaders")::add);
    }

    private static void sockets(ObjectNode json, SocketSettings sockets) {
        duration(json, "keepaliveTime", sockets.keepaliveIdle());
        duration(json, "keepaliveInterval", sockets.keepaliveInterval());
        json.put("keepaliveRetries", sockets.keepaliveProbes())
                .put("keepaliveEnabled", sockets.keepalive())
                .put("userTimeoutEnabled", sockets.userTimeout());
    }

    private static String roots(@Nullable Object roots) {
        return roots == null ? "SYSTEM" : roots.toString();
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static void duration(ObjectNode json, String name, Duration value) {
        json.putObject(name).put("secs", value.toSeconds()).put("nanos", value.getNano());
    }
}

package io.periplus.controlplane.http;

import com.google.protobuf.InvalidProtocolBufferException;
import io.periplus.controlplane.ControlPlaneConfig;
import io.periplus.controlplane.Metrics;
import io.periplus.controlplane.Version;
import io.periplus.controlplane.xds.Catalog;
import io.periplus.controlplane.xds.Connections;
import io.periplus.controlplane.xds.SetKey;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.workload.Address;
import io.periplus.wire.xds.Resource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** What the monitoring port shows: metrics, the version, and what clients have been sent. */
public final class DebugPages {
    private final ControlPlaneConfig config;
    private final Catalog catalog;
    private final Connections connections;
    private final Metrics metrics;
    private final Function<Object, String> json;

    public DebugPages(
            ControlPlaneConfig config,
            Catalog catalog,
            Connections connections,
            Metrics metrics,
            Function<Object, String> json) {
        this.config = config;
        this.catalog = catalog;
        this.connections = connections;
        this.metrics = metrics;
        this.json = json;
        metrics.gauge(
                "pilot_services",
                "",
                () -> catalog.resources(SetKey.ZTUNNEL_ADDRESSES).stream()
                        .filter(resource -> !resource.getName().contains("//"))
                        .count());
    }

    /** Adds the pages to a server. */
    public void register(HttpEndpoint endpoint) {
        endpoint.page(
                "/metrics",
                () -> new HttpEndpoint.Page(200, "text/plain; version=0.0.4; charset=utf-8", metrics.exposition()));
        endpoint.page("/version", () -> HttpEndpoint.Page.ok(Version.TEXT + "-unknown-Clean"));
        endpoint.localPage("/debug/syncz", () -> HttpEndpoint.Page.json(syncz()));
        endpoint.localPage("/debug/ambientz", () -> HttpEndpoint.Page.json(ambientz()));
        endpoint.localPage("/debug/list", () -> HttpEndpoint.Page.json("[\"ambientz\",\"list\",\"syncz\"]\n"));
    }

    private String syncz() {
        List<Object> clients = new ArrayList<>();
        for (Connections.ClientState client : connections.states()) {
            Map<String, Object> types = new LinkedHashMap<>();
            for (Connections.TypeState type : client.types()) {
                types.put(
                        type.typeUrl(),
                        Map.of(
                                "synced", type.synced(),
                                "sentTime", String.valueOf(type.sent()),
                                "lastError", type.error() == null ? "" : type.error()));
            }
            Map<String, Object> object = new LinkedHashMap<>();
            String cluster = client.node().cluster();
            object.put("cluster_id", cluster.isEmpty() ? config.mesh().clusterId() : cluster);
            object.put("proxy", client.node().name() + "." + client.node().namespace());
            object.put("proxy_type", client.node().kind().name().toLowerCase(Locale.ROOT));
            object.put("resources", types);
            clients.add(object);
        }
        return json.apply(clients) + "\n";
    }

    private String ambientz() {
        List<String> workloads = new ArrayList<>();
        List<String> services = new ArrayList<>();
        List<String> policies = new ArrayList<>();
        try {
            for (Resource resource : catalog.resources(SetKey.ZTUNNEL_ADDRESSES)) {
                Address address = Address.parseFrom(resource.getResource().getValue());
                if (address.hasWorkload()) {
                    workloads.add(address.getWorkload().toString());
                } else {
                    services.add(address.getService().toString());
                }
            }
            for (Resource resource : catalog.resources(SetKey.AUTHORIZATIONS)) {
                policies.add(Authorization.parseFrom(resource.getResource().getValue())
                        .toString());
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the catalog holds what it cannot read", e);
        }
        return json.apply(Map.of("workloads", workloads, "services", services, "policies", policies)) + "\n";
    }
}

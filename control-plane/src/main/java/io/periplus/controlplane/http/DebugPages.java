package io.periplus.controlplane.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
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
import java.util.Locale;
import java.util.Map;

/** What the monitoring port shows: metrics, the version, and what clients have been sent. */
public final class DebugPages {
    private final ControlPlaneConfig config;
    private final Catalog catalog;
    private final Connections connections;
    private final Metrics metrics;

    public DebugPages(ControlPlaneConfig config, Catalog catalog, Connections connections, Metrics metrics) {
        this.config = config;
        this.catalog = catalog;
        this.connections = connections;
        this.metrics = metrics;
        metrics.gauge("pilot_services", "", () -> catalog.resources(SetKey.ZTUNNEL_ADDRESSES).stream()
                .filter(resource -> !resource.getName().contains("//"))
                .count());
    }

    /** Adds the pages to a server. */
    public void register(HttpEndpoint endpoint) {
        endpoint.page(
                "/metrics",
                () -> new HttpEndpoint.Page(200, "text/plain; version=0.0.4; charset=utf-8", metrics.exposition()));
        endpoint.page("/version", () -> HttpEndpoint.Page.ok(Version.TEXT + "-unknown-Clean"));
        endpoint.page("/debug/syncz", () -> HttpEndpoint.Page.json(syncz()));
        endpoint.page("/debug/ambientz", () -> HttpEndpoint.Page.json(ambientz()));
        endpoint.page("/debug/list", () -> HttpEndpoint.Page.json("[\"ambientz\",\"list\",\"syncz\"]\n"));
    }

    private String syncz() {
        JsonArray clients = new JsonArray();
        for (Connections.ClientState client : connections.states()) {
            JsonObject object = new JsonObject();
            object.addProperty("cluster_id", config.mesh().clusterId());
            object.addProperty("proxy", client.node().name() + "." + client.node().namespace());
            object.addProperty("proxy_type", client.node().kind().name().toLowerCase(Locale.ROOT));
            JsonObject types = new JsonObject();
            for (Connections.TypeState type : client.types()) {
                JsonObject state = new JsonObject();
                state.addProperty("synced", type.synced());
                state.addProperty("sentTime", type.sent() == null ? "" : type.sent().toString());
                state.addProperty("lastError", type.error() == null ? "" : type.error());
                types.add(type.typeUrl(), state);
            }
            object.add("resources", types);
            clients.add(object);
        }
        return clients + "\n";
    }

    private String ambientz() {
        JsonObject all = new JsonObject();
        JsonArray workloads = new JsonArray();
        JsonArray services = new JsonArray();
        JsonArray policies = new JsonArray();
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
        Map.of("workloads", workloads, "services", services, "policies", policies)
                .forEach(all::add);
        return all + "\n";
    }
}

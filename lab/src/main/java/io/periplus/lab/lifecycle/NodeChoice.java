package io.periplus.lab.lifecycle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.node.LabNode;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * By which node a connection from the host enters the cluster: one after the other, of those that are on; for a Service with
 * {@code externalTrafficPolicy: Local} of those with a ready endpoint, as a load balancer's health checks would have it.
 */
final class NodeChoice {
    private final ObjectStore store;
    private final Map<String, LabNode> running;
    private final AtomicInteger next = new AtomicInteger();

    NodeChoice(ObjectStore store, Map<String, LabNode> running) {
        this.store = store;
        this.running = running;
    }

    SocketChannel open(InetSocketAddress destination) throws IOException {
        List<LabNode> nodes = List.copyOf(running.values());
        if (nodes.size() > 1) {
            Set<String> local = localTo(destination.getAddress().getHostAddress());
            List<LabNode> serving = nodes.stream()
                    .filter(node ->
                            local == null || local.contains(node.config().name()))
                    .toList();
            nodes = serving.isEmpty() ? nodes : serving;
        }
        if (nodes.isEmpty()) {
            throw new IOException("no node is on");
        }
        return nodes.get(Math.floorMod(next.getAndIncrement(), nodes.size())).openSocket();
    }

    /** Names of the nodes that serve a load balancer's address; null for all. */
    private @Nullable Set<String> localTo(String address) {
        for (ObjectNode service : store.list(ResourceType.SERVICE, null)) {
            for (JsonNode ingress : Json.at(service, "status", "loadBalancer", "ingress")) {
                if (ingress.path("ip").asText().equals(address)) {
                    return Json.text(service, "spec", "externalTrafficPolicy").equals("Local")
                            ? endpoints(service)
                            : null;
                }
            }
        }
        return null;
    }

    private Set<String> endpoints(ObjectNode service) {
        Set<String> nodes = new HashSet<>();
        for (ObjectNode slice : store.list(ResourceType.ENDPOINT_SLICE, Meta.namespace(service))) {
            if (Objects.equals(
                    Json.at(slice, "metadata", "labels", "kubernetes.io/service-name")
                            .asText(),
                    Meta.name(service))) {
                for (JsonNode endpoint : slice.path("endpoints")) {
                    if (endpoint.path("conditions").path("ready").asBoolean(true)) {
                        nodes.add(endpoint.path("nodeName").asText());
                    }
                }
            }
        }
        return nodes;
    }
}

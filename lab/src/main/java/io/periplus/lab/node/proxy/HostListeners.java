package io.periplus.lab.node.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.node.net.Cidr;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host's side of load balancers: listens on the host's loopback at the TCP ports of every Service of type LoadBalancer
 * and passes connections on into the node, where the Service's address is translated as for everybody else. UDP ports are
 * reached from inside the cluster only.
 */
public final class HostListeners implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostListeners.class);
    /** A port that somebody on the host has may become free. */
    private static final long RETRY_SECONDS = 5;

    private final Cidr range;
    private final ObjectStore store;
    private final HostRelay.Sockets sockets;
    private final Semaphore changes = new Semaphore(0);
    private final Map<InetSocketAddress, HostRelay> open = new HashMap<>();
    private final Set<InetSocketAddress> refused = new HashSet<>();
    private final ObjectStore.Subscription watch;
    private final Thread keeper;

    private HostListeners(Cidr range, ObjectStore store, HostRelay.Sockets sockets) {
        this.range = range;
        this.store = store;
        this.sockets = sockets;
        this.watch = store.watch(ResourceType.SERVICE, new Changes());
        this.keeper = Thread.ofVirtual().name("load balancers " + range).start(this::keep);
    }

    /**
     * Starts to listen.
     *
     * @param range   the addresses that are listened on
     * @param sockets makes sockets inside the node
     */
    public static HostListeners start(Cidr range, ObjectStore store, HostRelay.Sockets sockets) {
        return new HostListeners(range, store, sockets);
    }

    private void keep() {
        try {
            while (true) {
                if (refused.isEmpty()) {
                    changes.acquire();
                } else {
                    changes.tryAcquire(RETRY_SECONDS, TimeUnit.SECONDS);
                }
                changes.drainPermits();
                Set<InetSocketAddress> wanted = wanted();
                open.entrySet().removeIf(entry -> {
                    if (!wanted.contains(entry.getKey())) {
                        entry.getValue().close();
                        return true;
                    }
                    return false;
                });
                refused.retainAll(wanted);
                wanted.forEach(this::listen);
            }
        } catch (InterruptedException e) {
            open.values().forEach(HostRelay::close);
        }
    }

    private void listen(InetSocketAddress address) {
        if (open.containsKey(address)) {
            return;
        }
        try {
            open.put(address, HostRelay.listen(address, sockets));
            refused.remove(address);
        } catch (IOException e) {
            if (refused.add(address)) {
                LOG.warn("{} cannot be listened on, and is tried again: {}", address, e.getMessage());
            }
        }
    }

    private Set<InetSocketAddress> wanted() {
        Set<InetSocketAddress> wanted = new HashSet<>();
        for (ObjectNode service : store.list(ResourceType.SERVICE, null)) {
            if (!Json.text(service, "spec", "type").equals("LoadBalancer")) {
                continue;
            }
            for (JsonNode ingress : Json.at(service, "status", "loadBalancer", "ingress")) {
                String ip = ingress.path("ip").asText("");
                if (ip.contains(".") && range.contains(ip)) {
                    ports(service, ip, wanted);
                } else if (Json.text(service, "spec", "loadBalancerClass").isEmpty()) {
                    assignAnew(service);
                }
            }
        }
        return wanted;
    }

    // The lab had another range when the Service was made. A Service without an address gets one when it is written.
    private void assignAnew(ObjectNode service) {
        try {
            store.update(ResourceType.SERVICE, Meta.namespace(service), Meta.name(service), stale -> {
                Json.ensureObject(stale, "status").remove("loadBalancer");
                return stale;
            });
        } catch (ApiException e) {
            LOG.debug("Service {} keeps its address for now: {}", Meta.name(service), e.getMessage());
        }
    }

    private static void ports(ObjectNode service, String ip, Set<InetSocketAddress> wanted) {
        for (JsonNode port : Json.at(service, "spec", "ports")) {
            if (port.path("protocol").asText("TCP").equals("TCP")) {
                wanted.add(new InetSocketAddress(
                        InetAddress.ofLiteral(ip), port.path("port").asInt()));
            }
        }
    }

    @Override
    public void close() {
        watch.close();
        keeper.interrupt();
        try {
            keeper.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Changes implements ObjectStore.Watcher {
        @Override
        public void added(ObjectNode object) {
            changes.release();
        }

        @Override
        public void modified(ObjectNode object) {
            changes.release();
        }

        @Override
        public void deleted(ObjectNode last) {
            changes.release();
        }

        @Override
        public void synced() {
            changes.release();
        }
    }
}

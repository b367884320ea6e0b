package io.periplus.lab.node.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.node.NodeConfig;
import io.periplus.lab.node.net.NodeNetwork;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the node's table of service addresses in line with Services and EndpointSlices. Changes that arrive while the table
 * is being written are taken together by the next writing.
 */
public final class ServiceProxy implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceProxy.class);
    /** A table that could not be written is tried again, in case the kernel was short of something. */
    private static final long RETRY_SECONDS = 5;

    private final NodeConfig config;
    private final ObjectStore store;
    private final NodeNetwork network;
    private final Routed routed;
    private final Semaphore changes = new Semaphore(0);
    private final List<ObjectStore.Subscription> watches;
    private final Thread writer;

    private ServiceProxy(NodeConfig config, ObjectStore store, NodeNetwork network, Routed routed) {
        this.config = config;
        this.store = store;
        this.network = network;
        this.routed = routed;
        this.watches = List.of(
                store.watch(ResourceType.SERVICE, new Changes()),
                store.watch(ResourceType.ENDPOINT_SLICE, new Changes()));
        this.writer = Thread.ofVirtual().name("service proxy " + config.name()).start(this::write);
    }

    /** @param routed is told where service addresses lead, whenever that has changed */
    public static ServiceProxy start(NodeConfig config, ObjectStore store, NodeNetwork network, Routed routed) {
        return new ServiceProxy(config, store, network, routed);
    }

    private void write() {
        String written = "";
        boolean failed = false;
        try {
            while (true) {
                if (failed) {
                    changes.tryAcquire(RETRY_SECONDS, TimeUnit.SECONDS);
                } else {
                    changes.acquire();
                }
                changes.drainPermits();
                List<ServicePort> ports = ServicePorts.of(
                        store.list(ResourceType.SERVICE, null),
                        store.list(ResourceType.ENDPOINT_SLICE, null),
                        config.name(),
                        config.dnsAddress());
                String rules = Ruleset.render(config, ports);
                if (rules.equals(written)) {
                    continue;
                }
                try {
                    network.run(rules, "nft", "-f", "-");
                    written = rules;
                    routed.written(
                            config.name(),
                            ports.stream()
                                    .flatMap(port -> port.forOwnPods().stream())
                                    .map(ServicePort.Endpoint::address)
                                    .collect(Collectors.toSet()));
                    failed = false;
                } catch (IOException e) {
                    failed = true;
                    LOG.error("node {}: service addresses could not be set", config.name(), e);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("service proxy of {} ends", config.name());
        } finally {
            routed.forget(config.name());
        }
    }

    @Override
    public void close() {
        watches.forEach(ObjectStore.Subscription::close);
        writer.interrupt();
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

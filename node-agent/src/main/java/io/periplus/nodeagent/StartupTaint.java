package io.periplus.nodeagent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a new node to pods. Between a node's registration and the installation of the plugin pods would start past the agent;
 * where nodes register with the taint {@value #KEY}, none is sent there before the agent takes the taint away. Nodes without it
 * stay as they are.
 */
final class StartupTaint implements AutoCloseable {
    static final String KEY = "cni.istio.io/not-ready";

    private static final Logger LOG = LoggerFactory.getLogger(StartupTaint.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PAUSE_SECONDS = 5;

    private final KubeApi api;
    private final String path;
    private final CountDownLatch stop = new CountDownLatch(1);

    /** @param node name of the agent's node */
    StartupTaint(KubeApi api, String node) {
        this.api = api;
        this.path = "/api/v1/nodes/" + node;
    }

    /** Removes the taint once {@code plugin} is installed, and tries until it is done. */
    void removeWhenInstalled(PluginKeeper plugin) {
        Thread.ofVirtual().name("startup-taint").start(() -> {
            try {
                plugin.awaitInstalled();
                while (stop.getCount() > 0 && !isRemoved()) {
                    if (stop.await(PAUSE_SECONDS, TimeUnit.SECONDS)) {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private boolean isRemoved() {
        try {
            remove();
            return true;
        } catch (IOException e) {
            LOG.warn("{}: taint {} is not removed: {}; next attempt in {} s", path, KEY, e.getMessage(), PAUSE_SECONDS);
            return false;
        }
    }

    /** @throws IOException also if somebody else changed the node meanwhile */
    void remove() throws IOException {
        JsonNode node = api.get(path);
        ArrayNode others = JSON.createArrayNode();
        node.at("/spec/taints").forEach(taint -> {
            if (!taint.path("key").asText().equals(KEY)) {
                others.add(taint);
            }
        });
        if (others.size() == node.at("/spec/taints").size()) {
            return;
        }
        ObjectNode patch = JSON.createObjectNode();
        // A list is replaced as a whole: only if it is still the one that was read.
        patch.putObject("metadata").set("resourceVersion", node.at("/metadata/resourceVersion"));
        patch.putObject("spec").set("taints", others);
        api.patch(path, patch.toString());
        LOG.info("{}: taint {} removed", path, KEY);
    }

    @Override
    public void close() {
        stop.countDown();
    }
}

package io.periplus.lab.node.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugins of a node, run for its pods. What a pod is given when it starts is what it is taken away with, whatever has
 * become of the configuration meanwhile.
 *
 * @param hostRoot the node's own directory tree
 * @param node file of the node's network namespace
 */
public record CniChain(Path hostRoot, Path node) {
    private static final Logger LOG = LoggerFactory.getLogger(CniChain.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A pod that all plugins have agreed to. */
    public static final class Attachment {
        private final PodSandbox pod;
        private final CniConfiguration configuration;
        private JsonNode result;

        private Attachment(PodSandbox pod, CniConfiguration configuration) {
            this.pod = pod;
            this.configuration = configuration;
            this.result = ownResult(pod, configuration.version());
        }
    }

    /** Makes the directories that plugins are installed in. */
    public void prepare() throws IOException {
        Files.createDirectories(CniPlugin.directory(hostRoot));
        Files.createDirectories(hostRoot.resolve("run"));
        CniConfiguration.write(configurations());
    }

    private Path configurations() {
        return hostRoot.resolve("etc/cni/net.d");
    }

    /**
     * Runs all plugins for a pod whose interface and address are there.
     *
     * @throws CniException if one does not agree; whatever those before it did is undone
     */
    public Attachment add(PodSandbox pod) throws IOException {
        Attachment attachment = new Attachment(pod, CniConfiguration.first(configurations()));
        try {
            for (ObjectNode plugin : attachment.configuration.chained()) {
                attachment.result =
                        JSON.readTree(program(plugin).run("ADD", pod, input(attachment, plugin, attachment.result)));
            }
            return attachment;
        } catch (IOException e) {
            delete(attachment);
            throw e;
        }
    }

    /** Undoes {@link #add}, last plugin first. A plugin that fails is passed over: the namespace goes away next. */
    public void delete(Attachment attachment) {
        List<ObjectNode> plugins = attachment.configuration.chained();
        for (ObjectNode plugin : plugins.reversed()) {
            try {
                program(plugin).run("DEL", attachment.pod, input(attachment, plugin, attachment.result));
            } catch (IOException e) {
                LOG.warn("pod {}/{}: {}", attachment.pod.namespace(), attachment.pod.name(), e.getMessage());
            }
        }
    }

    private static String input(Attachment attachment, ObjectNode plugin, JsonNode result) {
        return attachment.configuration.input(plugin, result);
    }

    private CniPlugin program(ObjectNode plugin) {
        return new CniPlugin(plugin.path("type").asText(), hostRoot, node);
    }

    private static ObjectNode ownResult(PodSandbox pod, String version) {
        ObjectNode result = JSON.createObjectNode().put("cniVersion", version);
        result.putArray("interfaces")
                .add(JSON.createObjectNode().put("name", pod.hostInterface()))
                .add(JSON.createObjectNode().put("name", "eth0").put("sandbox", pod.path()));
        result.putArray("ips")
                .addObject()
                .put("address", pod.address() + "/32")
                .put("gateway", pod.gateway())
                .put("interface", 1);
        result.putArray("routes").addObject().put("dst", "0.0.0.0/0").put("gw", pod.gateway());
        result.putObject("dns");
        return result;
    }
}

package io.periplus.controlplane.mesh;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.periplus.controlplane.IndexLoop;
import io.periplus.controlplane.Metrics;
import io.periplus.model.MeshSettings;
import io.periplus.model.input.Watched;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds the index from the ConfigMap with the mesh configuration. One that cannot be read changes nothing: the last one
 * that could holds on, also when the ConfigMap is deleted.
 */
public final class MeshConfigSource {
    private static final Logger LOG = LoggerFactory.getLogger(MeshConfigSource.class);
    private static final String KEY = "mesh";
    private static final String UPDATES = "periplus_mesh_config_updates_total";

    private final String namespace;
    private final String name;
    private final MeshConfigReader reader;
    private final IndexLoop loop;
    private final Metrics metrics;
    private final AtomicInteger findings = new AtomicInteger();
    private volatile String text = "";

    public MeshConfigSource(MeshSettings mesh, KubernetesSerialization yaml, IndexLoop loop, Metrics metrics) {
        this.namespace = mesh.rootNamespace();
        this.name = mesh.revision().equals("default") ? "istio" : "istio-" + mesh.revision();
        this.reader = new MeshConfigReader(mesh, yaml);
        this.loop = loop;
        this.metrics = metrics;
        metrics.gauge("periplus_mesh_config_findings", "", findings::get);
    }

    /** Where the ConfigMap is. */
    public String namespace() {
        return namespace;
    }

    /** What it is called. */
    public String name() {
        return name;
    }

    /** The text that holds now; empty before one was read. */
    public String text() {
        return text;
    }

    /** It came or changed. */
    public void put(GenericKubernetesResource configMap) {
        Object data = configMap.getAdditionalProperties().get("data");
        String written = data instanceof Map<?, ?> map ? Objects.toString(map.get(KEY), "") : "";
        try {
            Reading reading = reader.read(written);
            text = written;
            findings.set(reading.findings().size());
            count("applied");
            report(reading.findings());
            loop.submit(index -> index.watched.meshConfig.put(Watched.MESH, reading.config()));
        } catch (MeshConfigException e) {
            count("rejected");
            LOG.error(
                    "ConfigMap {}/{}, key {}: {}; the configuration that was read before stays in force",
                    namespace,
                    name,
                    KEY,
                    e.reason());
        }
    }

    /** It is gone. */
    public void remove() {
        LOG.warn("ConfigMap {}/{} is gone; the mesh configuration in it stays in force", namespace, name);
    }

    private void report(List<String> what) {
        LOG.info("mesh configuration of ConfigMap {}/{} applied", namespace, name);
        what.forEach(finding -> LOG.warn("ConfigMap {}/{}, key {}: {}", namespace, name, KEY, finding));
    }

    private void count(String result) {
        metrics.counter(UPDATES, "result=\"" + result + '"').increment();
    }
}

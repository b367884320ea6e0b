package io.periplus.lab.node.pod;

import io.periplus.lab.node.NodeConfig;
import io.periplus.lab.node.TokenSource;
import io.periplus.lab.node.cni.CniChain;
import io.periplus.lab.node.container.Cgroup;
import io.periplus.lab.node.image.ImageCatalogue;
import io.periplus.lab.node.net.AddressPool;
import io.periplus.lab.node.net.NodeNetwork;
import io.periplus.lab.node.proxy.Routed;
import io.periplus.lab.store.ObjectStore;
import java.nio.file.Path;

/**
 * What the pods of a node share.
 *
 * @param cgroup the node's
 * @param routed where service addresses lead
 */
public record NodeContext(
        NodeConfig config,
        ObjectStore store,
        NodeNetwork network,
        AddressPool addresses,
        ImageCatalogue images,
        TokenSource tokens,
        Cgroup cgroup,
        PodEvents events,
        Routed routed) {

    /** The {@code /dev} of containers. */
    public Path devices() {
        return config.directory().resolve("dev");
    }

    /** The tree that hostPath volumes lie in. */
    public Path hostRoot() {
        return config.directory().resolve("root");
    }

    /** Those who are asked before a pod starts. */
    public CniChain cni() {
        return new CniChain(hostRoot(), network.file());
    }

    Path podDirectory(String uid) {
        return config.directory().resolve("pods").resolve(uid);
    }

    /** Where the logs of a pod are, as kubelets name it; they outlive the pod's processes. */
    Path logDirectory(String namespace, String pod, String uid) {
        return config.directory().resolve("logs").resolve(namespace + "_" + pod + "_" + uid);
    }

    Path logFile(PodFacts facts, String container, int attempt) {
        return logDirectory(facts.namespace(), facts.name(), facts.uid())
                .resolve(container)
                .resolve(attempt + ".log");
    }
}

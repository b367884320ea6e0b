package io.periplus.lab.node.pod;

import io.periplus.lab.node.NodeCleanup;
import io.periplus.lab.node.cni.CniChain;
import io.periplus.lab.node.cni.PodSandbox;
import io.periplus.lab.node.container.Cgroup;
import io.periplus.lab.node.net.NodeNetwork;
import io.periplus.lab.node.volume.FileTree;
import io.periplus.lab.node.volume.PodVolumes;
import io.periplus.lab.node.volume.VolumeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What the containers of a pod have in common: network namespace, address, cgroup, volumes. Used by the pod's worker. */
final class Sandbox {
    private final NodeContext node;
    private final String uid;
    private final Path logs;
    private final String ip;
    private final boolean hostNetwork;
    private final PodVolumes volumes;
    private final Cgroup cgroup;
    private CniChain.@Nullable Attachment attachment;
    private boolean ready;
    private boolean removed;

    Sandbox(NodeContext node, PodFacts facts, boolean hostNetwork) {
        this.node = node;
        this.uid = facts.uid();
        this.logs = node.logDirectory(facts.namespace(), facts.name(), uid);
        this.ip = facts.podIp();
        this.hostNetwork = hostNetwork;
        this.cgroup = node.cgroup().pod(uid);
        this.volumes =
                new PodVolumes(node.podDirectory(uid).resolve("volumes"), node.hostRoot(), node.store(), node.tokens());
    }

    boolean isReady() {
        return ready;
    }

    PodVolumes volumes() {
        return volumes;
    }

    /** Makes everything that is not there yet and brings volumes up to date. */
    void prepare(PodFacts facts) throws VolumeException, IOException {
        volumes.update(facts);
        if (!ready) {
            cgroup.create();
            if (!hostNetwork) {
                connect(facts);
            }
            ready = true;
        }
    }

    /** The node's own network first, then whoever else is to be asked; all of it or nothing. */
    private void connect(PodFacts facts) throws IOException {
        node.network().connectPod(uid, ip);
        try {
            attachment = node.cni().add(attempt(facts));
        } catch (IOException e) {
            node.network().disconnectPod(uid);
            throw e;
        }
    }

    private PodSandbox attempt(PodFacts facts) {
        byte[] id = new byte[32];
        ThreadLocalRandom.current().nextBytes(id);
        return new PodSandbox(
                HexFormat.of().formatHex(id),
                facts.namespace(),
                facts.name(),
                uid,
                NodeNetwork.NAMESPACES.resolve(node.config().podNamespace(uid)),
                ip,
                node.config().podCidr().address(1),
                NodeNetwork.interfaceOf(uid));
    }

    /** Kills what is left of the pod and gives its address back. Where that fails it goes on from there when called again. */
    void remove() throws IOException {
        if (removed) {
            return;
        }
        NodeCleanup.stopAll(cgroup);
        if (!hostNetwork) {
            if (attachment != null) {
                node.cni().delete(attachment);
                attachment = null;
            }
            if (ready) {
                node.network().disconnectPod(uid);
            }
            node.addresses().giveBack(ip);
        }
        ready = false;
        removed = true;
    }

    /** Removes the files of the pod. */
    void delete() throws IOException {
        FileTree.delete(node.podDirectory(uid));
    }

    /** Removes the logs of the pod, once nobody can ask for them any more. */
    void deleteLogs() throws IOException {
        FileTree.delete(logs);
    }
}

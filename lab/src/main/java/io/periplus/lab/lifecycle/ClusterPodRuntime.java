package io.periplus.lab.lifecycle;

import io.periplus.lab.apiserver.PodRuntime;
import io.periplus.lab.node.LabNode;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ByteChannel;
import java.util.Map;

/** Asks the node that a pod is bound to, as an API server asks its kubelet. */
record ClusterPodRuntime(ObjectStore store, Map<String, LabNode> nodes) implements PodRuntime {
    @Override
    public int exec(ContainerRef container, ExecRequest request) throws IOException {
        return of(container.namespace(), container.pod()).exec(container, request);
    }

    @Override
    public int attach(ContainerRef container, ExecRequest request) throws IOException {
        return of(container.namespace(), container.pod()).attach(container, request);
    }

    @Override
    public void logs(ContainerRef container, LogRequest request, OutputStream out) throws IOException {
        of(container.namespace(), container.pod()).logs(container, request, out);
    }

    @Override
    public ByteChannel openPort(String namespace, String pod, int port) throws IOException {
        return of(namespace, pod).openPort(namespace, pod, port);
    }

    private PodRuntime of(String namespace, String pod) throws IOException {
        var object = store.get(ResourceType.POD, namespace, pod);
        String name = object == null ? "" : Json.text(object, "spec", "nodeName");
        LabNode node = nodes.get(name);
        if (node == null) {
            throw new NotRunningException(
                    name.isEmpty()
                            ? "pod " + namespace + "/" + pod + " is on no node"
                            : "pod " + namespace + "/" + pod + " is on node " + name
                                    + ", which is off; periplus lab node start switches it on");
        }
        return node.runtime();
    }
}

package io.periplus.lab.node.cni;

import java.nio.file.Path;

/**
 * A pod's network as plugins are told of it.
 *
 * @param id of this attempt to start the pod; another attempt has another one
 * @param networkNamespace file of the pod's namespace
 * @param address IPv4 address of {@code eth0}
 * @param gateway the pod's default route
 * @param hostInterface the node's end of the pod's veth
 */
public record PodSandbox(
        String id,
        String namespace,
        String name,
        String uid,
        Path networkNamespace,
        String address,
        String gateway,
        String hostInterface) {
    /** As Kubernetes' runtimes fill in {@code CNI_ARGS}. */
    String arguments() {
        return "IgnoreUnknown=1;K8S_POD_NAMESPACE=%s;K8S_POD_NAME=%s;K8S_POD_INFRA_CONTAINER_ID=%s;K8S_POD_UID=%s"
                .formatted(namespace, name, id, uid);
    }

    /**
     * A path that leads to the namespace for every process that sees this one's, in whatever mount namespace it is: plugins have
     * the node's {@code /run} instead of the machine's.
     */
    String path() {
        return "/proc/" + ProcessHandle.current().pid() + "/root" + networkNamespace;
    }
}

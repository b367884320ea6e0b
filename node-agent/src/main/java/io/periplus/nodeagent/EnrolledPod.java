package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import io.periplus.wire.zds.WorkloadInfo;
import java.net.InetAddress;
import java.util.List;

/**
 * A pod that ztunnel serves.
 *
 * @param namespace open as long as the pod is enrolled
 */
record EnrolledPod(
        String uid, WorkloadInfo info, List<InetAddress> addresses, Capture capture, NetworkNamespace namespace) {
    static EnrolledPod of(NodePod pod, boolean dns, NetworkNamespace namespace) {
        return starting(pod, pod.addresses(), dns, namespace);
    }

    /** @param addresses that the pod has been given, which the API does not know yet */
    static EnrolledPod starting(NodePod pod, List<InetAddress> addresses, boolean dns, NetworkNamespace namespace) {
        WorkloadInfo info = WorkloadInfo.newBuilder()
                .setName(pod.name())
                .setNamespace(pod.namespace())
                .setServiceAccount(pod.serviceAccount())
                .build();
        return new EnrolledPod(pod.uid(), info, addresses, Capture.of(pod, dns), namespace);
    }

    @Override
    public String toString() {
        return info.getNamespace() + "/" + info.getName();
    }
}

package io.periplus.nodeagent;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import io.periplus.linux.NetworkNamespace;
import io.periplus.wire.zds.WorkloadInfo;
import java.net.InetAddress;
import java.util.List;

/**
 * A pod that ztunnel serves.
 *
 * @param namespace open as long as the pod is enrolled
 */
record EnrolledPod(String uid, WorkloadInfo info, List<InetAddress> addresses, NetworkNamespace namespace) {
    static EnrolledPod of(Pod pod, NetworkNamespace namespace) {
        String account = pod.getSpec().getServiceAccountName();
        WorkloadInfo info = WorkloadInfo.newBuilder()
                .setName(pod.getMetadata().getName())
                .setNamespace(pod.getMetadata().getNamespace())
                .setServiceAccount(account == null || account.isEmpty() ? "default" : account)
                .build();
        List<InetAddress> addresses = pod.getStatus().getPodIPs().stream()
                .map(PodIP::getIp)
                .map(InetAddress::ofLiteral)
                .toList();
        return new EnrolledPod(pod.getMetadata().getUid(), info, addresses, namespace);
    }

    @Override
    public String toString() {
        return info.getNamespace() + "/" + info.getName();
    }
}

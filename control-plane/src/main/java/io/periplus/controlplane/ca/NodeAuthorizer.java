package io.periplus.controlplane.ca;

import io.periplus.api.NamespacedName;
import io.periplus.api.SpiffeId;
import io.periplus.controlplane.auth.Caller;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides whether a node's proxy may act for another identity: only for pods that run on its own node. */
public final class NodeAuthorizer {
    /** What has to be known about pods. */
    public interface Pods {
        /** The pod, or null. */
        @Nullable
        PodFacts pod(NamespacedName name);

        /** Whether a pod with this service account, that has not failed, is on the node. */
        boolean runsOn(String node, String namespace, String serviceAccount);
    }

    /** Facts about one pod. */
    public record PodFacts(String uid, String serviceAccount, String node) {}

    private final Set<NamespacedName> trusted;
    private final String trustDomain;
    private final Pods pods;

    /**
     * An authorizer.
     *
     * @param trusted     service accounts of node proxies; empty means that nobody may act for others
     * @param trustDomain the only one in which identities are given out
     */
    public NodeAuthorizer(Set<NamespacedName> trusted, String trustDomain, Pods pods) {
        this.trusted = Set.copyOf(trusted);
        this.trustDomain = trustDomain;
        this.pods = pods;
    }

    /** Why the caller may not act for the identity; null when it may. */
    public @Nullable String refusal(Caller caller, SpiffeId wanted) {
        NamespacedName account = new NamespacedName(caller.namespace(), caller.serviceAccount());
        if (!trusted.contains(account)) {
            return "service account " + account + " is not trusted to act for others (CA_TRUSTED_NODE_ACCOUNTS)";
        }
        if (!wanted.trustDomain().equals(trustDomain)) {
            return "trust domain " + wanted.trustDomain() + " is not this mesh's, " + trustDomain;
        }
        PodFacts pod = pods.pod(new NamespacedName(caller.namespace(), caller.podName()));
        if (pod == null
                || !pod.uid().equals(caller.podUid())
                || !pod.serviceAccount().equals(caller.serviceAccount())) {
            return "the caller's pod " + caller.namespace() + "/" + caller.podName() + " with uid " + caller.podUid()
                    + " is not known (yet)";
        }
        if (pod.node().isEmpty() || !pods.runsOn(pod.node(), wanted.namespace(), wanted.serviceAccount())) {
            return "no pod with service account " + wanted.namespace() + "/" + wanted.serviceAccount()
                    + " is on the caller's node " + pod.node();
        }
        return null;
    }
}

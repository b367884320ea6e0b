package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;

/** Writes a pod's rules with one kind of program. What it does, it may do again. */
interface PodRules {
    /** From now on every new connection of the pod passes ztunnel, as far as it is to be captured. */
    void install(NetworkNamespace pod, Capture capture) throws IOException;

    /**
     * New connections go direct; those that ztunnel still serves keep their way. The chains stay, without rules: with the
     * last of them the kernel would also stop translating the connections that are already redirected.
     */
    void stopCapturing(NetworkNamespace pod) throws IOException;

    /** Leaves nothing of them. */
    void remove(NetworkNamespace pod) throws IOException;

    /** Whether a pod that has these may have others as well. A quick answer: it is asked for every pod when an agent starts. */
    default boolean mayHaveCompany(NetworkNamespace pod) throws IOException {
        return true;
    }
}

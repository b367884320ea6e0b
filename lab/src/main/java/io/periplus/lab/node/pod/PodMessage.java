package io.periplus.lab.node.pod;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.node.container.ContainerProcess;
import io.periplus.lab.node.probe.ProbeKind;

/** What a pod's worker is told. {@code attempt} says which run of a container is meant: news of an older one are void. */
sealed interface PodMessage {
    /** The object has changed. */
    record Changed(ObjectNode pod) implements PodMessage {}

    /** The object is gone: somebody deleted it without waiting. */
    record Gone() implements PodMessage {}

    /** Something that volumes or variables are made from has changed. */
    record Refresh() implements PodMessage {}

    /** The node stops: end at once, leave the object. */
    record Stop() implements PodMessage {}

    record Running(String container, int attempt) implements PodMessage {}

    record Exited(String container, int attempt, ContainerProcess.Exit exit) implements PodMessage {}

    record Probed(String container, int attempt, ProbeKind kind, boolean success, String message)
            implements PodMessage {}

    /** A postStart or preStop hook is done. */
    record HookDone(String container, int attempt, boolean preStop, String failure) implements PodMessage {}
}

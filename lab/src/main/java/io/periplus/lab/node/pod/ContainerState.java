package io.periplus.lab.node.pod;

import java.time.Instant;

/** Where a container is, as {@code status.containerStatuses[].state} says it. */
sealed interface ContainerState {
    record Waiting(String reason, String message) implements ContainerState {}

    record Running(Instant since) implements ContainerState {}

    record Terminated(int exitCode, String reason, String message, Instant started, Instant finished, String id)
            implements ContainerState {}
}

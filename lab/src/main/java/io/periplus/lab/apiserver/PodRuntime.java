package io.periplus.lab.apiserver;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ByteChannel;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the API server asks of the node a pod runs on (the kubelet's streaming API): processes, logs and ports of
 * running containers. Methods block; the caller uses virtual threads. Safe for use by many threads.
 */
public interface PodRuntime {
    /**
     * Runs a command inside a container until it ends and all its output is written.
     *
     * @return the exit code; 128 + n after signal n
     * @throws NotRunningException when there is no such container, or it does not run
     * @throws IOException when the command cannot be started; the message reaches the user
     */
    int exec(ContainerRef container, ExecRequest request) throws IOException;

    /** As {@link #exec}, for the container's main process; returns its exit code when it ends. */
    default int attach(ContainerRef container, ExecRequest request) throws IOException {
        throw new IOException(
                "attach is not available for container " + container.container() + "; use exec, or logs --follow");
    }

    /**
     * Writes a container's log to {@code out}: to its end, or, when following, until the container ends or {@code out}
     * fails (the client is gone).
     *
     * @throws NotRunningException when there is no such container, or (previous) no earlier run of it
     */
    void logs(ContainerRef container, LogRequest request, OutputStream out) throws IOException;

    /**
     * Connects to a TCP port inside the pod's network namespace, on its loopback address.
     *
     * @throws IOException when nothing listens there or the pod does not run
     */
    ByteChannel openPort(String namespace, String pod, int port) throws IOException;

    /** One container of one pod. {@code uid} is the pod's, so that a successor of the same name is not meant. */
    record ContainerRef(String namespace, String pod, String uid, String container) {}

    /**
     * @param stdin null when the client sends none; its end is the end of input
     * @param stderr null with a terminal, where both streams are one
     * @param terminal null without {@code tty}
     */
    record ExecRequest(
            List<String> command,
            @Nullable InputStream stdin,
            OutputStream stdout,
            @Nullable OutputStream stderr,
            @Nullable Terminal terminal) {}

    /** The client's terminal. */
    interface Terminal {
        /** Blocks for the next size of the window (columns and rows), null when the client is gone. */
        @Nullable
        WindowSize nextSize() throws InterruptedException;
    }

    record WindowSize(int columns, int rows) {}

    /**
     * @param tailLines null for all lines
     * @param since null for no limit
     * @param previous the run before the last restart
     * @param timestamps put an RFC 3339 time before each line
     * @param limitBytes null for no limit
     */
    record LogRequest(
            boolean follow,
            @Nullable Long tailLines,
            @Nullable Instant since,
            boolean previous,
            boolean timestamps,
            @Nullable Long limitBytes) {}

    /** There is no such container, or it does not run (any more, or yet). */
    final class NotRunningException extends IOException {
        private static final long serialVersionUID = 1L;

        public NotRunningException(String message) {
            super(message);
        }
    }
}

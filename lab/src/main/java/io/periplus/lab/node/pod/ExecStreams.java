package io.periplus.lab.node.pod;

import io.periplus.lab.apiserver.PodRuntime.ExecRequest;
import io.periplus.lab.apiserver.PodRuntime.Terminal;
import io.periplus.lab.apiserver.PodRuntime.WindowSize;
import io.periplus.lab.node.container.ContainerExec;
import io.periplus.lab.node.container.ContainerProcess;
import io.periplus.lab.node.container.ContainerStreams;
import io.periplus.linux.PseudoTerminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a command in a container and carries its streams. Pipes and terminals block the thread that reads them, so each direction
 * has a platform thread for the length of the command.
 */
final class ExecStreams {
    private static final Logger LOG = LoggerFactory.getLogger(ExecStreams.class);
    private static final int BUFFER = 16 * 1024;
    private static final long BACKGROUND_MILLIS = 500;

    private ExecStreams() {}

    static int withPipes(ContainerProcess container, ExecRequest request) throws IOException {
        boolean merge = request.stderr() == null;
        ContainerExec exec = ContainerExec.start(container, request.command(), "", merge);
        Process process = exec.process();
        try {
            Thread input = start("exec stdin", () -> {
                try (OutputStream to = process.getOutputStream()) {
                    if (request.stdin() != null) {
                        copy(request.stdin(), to);
                    }
                }
            });
            Thread errors = start("exec stderr", () -> {
                if (request.stderr() != null) {
                    copy(process.getErrorStream(), request.stderr());
                }
            });
            Thread output = start("exec stdout", () -> {
                try {
                    copy(process.getInputStream(), request.stdout());
                } catch (IOException e) {
                    // The client has gone: nobody wants the rest.
                    exec.close();
                }
            });
            int code = process.waitFor();
            drain(output, exec);
            drain(errors, exec);
            input.interrupt();
            exec.release();
            return code;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exec.close();
            throw new IOException("interrupted", e);
        }
    }

    /** Waits for the rest of output, but not for what was put into the background with the streams in its hands. */
    private static void drain(Thread output, ContainerExec exec) throws InterruptedException, IOException {
        while (!output.join(Duration.ofMillis(BACKGROUND_MILLIS))) {
            if (exec.isPopulated()) {
                return;
            }
        }
    }

    /** Follows the container's main process. */
    static int attach(ContainerProcess container, ExecRequest request) throws IOException {
        ContainerStreams streams = container.streams();
        InputStream typed = request.stdin();
        Terminal terminal = request.terminal();
        streams.attach(request.stdout());
        Thread sizes = terminal == null ? null : windows(terminal, streams::resize);
        Thread input = typed == null || !container.spec().input()
                ? null
                : start("attach stdin", () -> {
                    streams.type(typed);
                    streams.endInput();
                });
        try {
            return container.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            streams.detach(request.stdout());
            for (Thread thread : new Thread[] {sizes, input}) {
                if (thread != null) {
                    thread.interrupt();
                }
            }
        }
    }

    private interface Resizing {
        void resize(int columns, int rows) throws IOException;
    }

    private static Thread windows(Terminal terminal, Resizing resizing) {
        return Thread.ofVirtual().name("window").start(() -> {
            try {
                for (WindowSize size = terminal.nextSize(); size != null; size = terminal.nextSize()) {
                    resizing.resize(size.columns(), size.rows());
                }
            } catch (IOException e) {
                LOG.debug("window size", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    static int withTerminal(ContainerProcess container, ExecRequest request, Terminal terminal) throws IOException {
        PseudoTerminal pty = PseudoTerminal.open();
        ContainerExec exec;
        try {
            exec = ContainerExec.start(container, request.command(), pty.name(), true);
        } catch (IOException e) {
            pty.close();
            throw e;
        }
        Thread sizes = windows(terminal, pty::resize);
        Thread output = start("exec terminal", () -> {
            byte[] buffer = new byte[BUFFER];
            try {
                for (int n = pty.read(buffer); n >= 0; n = pty.read(buffer)) {
                    request.stdout().write(buffer, 0, n);
                    request.stdout().flush();
                }
            } catch (IOException e) {
                exec.close();
            }
        });
        InputStream typed = request.stdin() == null ? InputStream.nullInputStream() : request.stdin();
        Thread input = start("exec keyboard", () -> {
            byte[] buffer = new byte[BUFFER];
            for (int n = typed.read(buffer); n >= 0; n = typed.read(buffer)) {
                pty.write(buffer, n);
            }
        });
        try {
            int code = exec.process().waitFor();
            exec.close();
            output.join();
            sizes.interrupt();
            sizes.join();
            // The keyboard's thread may still wait for the client, which ends with this request; it is left to find the
            // terminal without a program, never closed under it.
            input.interrupt();
            return code;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            exec.close();
            Thread.ofVirtual().start(() -> closeAfter(input, pty));
        }
    }

    private static void closeAfter(Thread user, PseudoTerminal pty) {
        try {
            user.join();
            pty.close();
        } catch (IOException e) {
            LOG.debug("closing a terminal", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Copying {
        void run() throws IOException;
    }

    private static Thread start(String name, Copying copying) {
        return Thread.ofPlatform().daemon().stackSize(128 * 1024).name(name).start(() -> {
            try {
                copying.run();
            } catch (IOException e) {
                LOG.debug("{} ended: {}", name, e.toString());
            }
        });
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
            to.write(buffer, 0, n);
            to.flush();
        }
    }
}

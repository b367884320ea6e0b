package io.periplus.lab.node.container;

import io.periplus.linux.PseudoTerminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Standard input and output of one run of a container: pipes or a terminal. Output goes to the log and to everybody who is
 * attached; one who cannot keep up slows the container down, one who fails is detached.
 */
public final class ContainerStreams implements AutoCloseable {
    private final ContainerLog log;
    private final @Nullable PseudoTerminal terminal;
    private final Process process;
    private final List<OutputStream> attached = new CopyOnWriteArrayList<>();
    private boolean terminalClosed;

    private ContainerStreams(ContainerLog log, @Nullable PseudoTerminal terminal, Process process) {
        this.log = log;
        this.terminal = terminal;
        this.process = process;
    }

    /** Starts the script of a container and connects it. */
    static ContainerStreams start(ContainerSpec spec, Path script) throws IOException {
        ContainerLog log = new ContainerLog(spec.log());
        PseudoTerminal terminal = null;
        try {
            if (spec.terminal()) {
                terminal = PseudoTerminal.open();
            }
            ProcessBuilder builder = terminal == null
                    ? new ProcessBuilder("/bin/sh", "-e", script.toString())
                    : new ProcessBuilder(
                            "/bin/sh",
                            "-c",
                            "exec <>\"$1\" >&0 2>&0; exec /bin/sh -e \"$2\"",
                            "start",
                            terminal.name(),
                            script.toString());
            builder.redirectErrorStream(true);
            if (!spec.input()) {
                builder.redirectInput(
                        ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
            }
            return new ContainerStreams(log, terminal, builder.start());
        } catch (IOException e) {
            log.close();
            if (terminal != null) {
                terminal.close();
            }
            throw e;
        }
    }

    Process process() {
        return process;
    }

    /** Reads what the container writes; -1 at its end. For the container's own thread. */
    int read(byte[] buffer) throws IOException {
        return terminal == null ? process.getInputStream().read(buffer) : terminal.read(buffer);
    }

    /** Takes output of the container. For the container's own thread. */
    void output(byte[] bytes, int from, int length) throws IOException {
        log.write(bytes, from, length);
        for (OutputStream out : attached) {
            try {
                out.write(bytes, from, length);
                out.flush();
            } catch (IOException e) {
                attached.remove(out);
            }
        }
    }

    public ContainerLog log() {
        return log;
    }

    /** Sends {@code out} all output from now on, until {@link #detach}. */
    public void attach(OutputStream out) {
        attached.add(out);
    }

    public void detach(OutputStream out) {
        attached.remove(out);
    }

    /** Copies {@code in} to the container's standard input, to its end; blocks a platform thread. */
    public void type(InputStream in) throws IOException {
        byte[] buffer = new byte[4096];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            synchronized (this) {
                if (terminal == null) {
                    process.getOutputStream().write(buffer, 0, n);
                    process.getOutputStream().flush();
                } else if (terminalClosed) {
                    return;
                } else {
                    terminal.write(buffer, n);
                }
            }
        }
    }

    /** Ends the container's standard input, unless that is a terminal. */
    public void endInput() throws IOException {
        if (terminal == null) {
            process.getOutputStream().close();
        }
    }

    /** Tells the size of the attached window, in characters. */
    public synchronized void resize(int columns, int rows) throws IOException {
        if (terminal != null && !terminalClosed) {
            terminal.resize(columns, rows);
        }
    }

    /** To be called by the container's own thread after the end of output. */
    @Override
    public synchronized void close() throws IOException {
        log.close();
        if (terminal != null && !terminalClosed) {
            terminalClosed = true;
            terminal.close();
        }
    }
}

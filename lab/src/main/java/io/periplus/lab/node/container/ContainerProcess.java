package io.periplus.lab.node.container;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a container, from its start to the end of its last process. Two small threads belong to it: one copies its output
 * to the log, one (the JDK's) waits for its end.
 */
public final class ContainerProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerProcess.class);

    private static final int SIGTERM = 15;
    private static final int STACK_BYTES = 128 * 1024;
    /** The start script prints at most a line of a failed mount; what is longer comes from elsewhere. */
    private static final int MAX_START_OUTPUT = 4096;

    /** Hears of a container, on threads of the container. */
    public interface Listener {
        /** The program runs; {@code pid} is that of its first process, as this machine counts. */
        void running(long pid);

        void exited(Exit exit);
    }

    /**
     * How a run ended.
     *
     * @param started whether the program ran at all
     * @param code exit status, or 128 and the number of the signal
     * @param message why it could not be started; otherwise empty
     */
    public record Exit(boolean started, int code, String message) {}

    private final ContainerSpec spec;
    private final Process process;
    private final ContainerStreams streams;
    private volatile long pid;

    private ContainerProcess(ContainerSpec spec, ContainerStreams streams) {
        this.spec = spec;
        this.streams = streams;
        this.process = streams.process();
    }

    /** Starts a container; whatever happens to it afterwards is told to {@code listener}, also a failed start. */
    public static ContainerProcess start(ContainerSpec spec, Listener listener) throws IOException {
        Files.createDirectories(spec.directory().resolve("scratch"));
        spec.cgroup().create();
        Path script = spec.directory().resolve("start.sh");
        Files.writeString(script, new ContainerScript(spec).render());
        ContainerProcess container = new ContainerProcess(spec, ContainerStreams.start(spec, script));
        Thread.ofPlatform()
                .daemon()
                .stackSize(STACK_BYTES)
                .name("container " + spec.name())
                .start(() -> container.follow(listener));
        return container;
    }

    public ContainerSpec spec() {
        return spec;
    }

    public ContainerStreams streams() {
        return streams;
    }

    /** Waits for the end of this run and returns its exit code. */
    public int await() throws InterruptedException {
        return process.waitFor();
    }

    /** The first process of the container, or 0 as long as there is none. */
    public long pid() {
        return pid;
    }

    /**
     * Asks the container to end.
     *
     * @return whether it can hear: a first process without a handler for SIGTERM never ends by it
     */
    public boolean terminate() {
        if (pid == 0) {
            kill();
            return true;
        }
        boolean hears = spec.hostPid() || catches(SIGTERM);
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
        return hears;
    }

    /** Kills every process of the container. */
    public void kill() {
        try {
            spec.cgroup().kill();
        } catch (IOException e) {
            LOG.warn("{}: its processes could not be killed: {}", spec.name(), e.toString());
        }
        process.destroyForcibly();
    }

    private boolean catches(int signal) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                if (line.startsWith("SigCgt:")) {
                    return (Long.parseUnsignedLong(line.substring(7).strip(), 16) >>> (signal - 1) & 1) == 1;
                }
            }
        } catch (IOException e) {
            // It has ended: nothing has to be waited for.
        }
        return false;
    }

    private void follow(Listener listener) {
        String message = "";
        try (streams) {
            message = copy(listener);
        } catch (IOException e) {
            LOG.warn("{}: its output could not be copied: {}", spec.name(), e.toString());
        }
        try {
            if (!process.waitFor(1, TimeUnit.SECONDS)) {
                // It closed its output and lives on.
                process.waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        int code = process.isAlive() ? 137 : process.exitValue();
        kill();
        listener.exited(new Exit(pid != 0, code, pid != 0 ? "" : message));
    }

    /** Hands on output; returns what came before the container ran, if it never did. */
    private String copy(Listener listener) throws IOException {
        byte[] buffer = new byte[8192];
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        for (int n = streams.read(buffer); n >= 0; n = streams.read(buffer)) {
            if (pid != 0) {
                streams.output(buffer, 0, n);
                continue;
            }
            head.write(buffer, 0, n);
            byte[] bytes = head.toByteArray();
            int ready = readyLine(bytes);
            if (ready >= 0) {
                int end = indexOf(bytes, '\n', ready);
                pid = Long.parseLong(new String(bytes, ready + 6, end - ready - 6, StandardCharsets.US_ASCII).strip());
                listener.running(pid);
                streams.output(bytes, end + 1, bytes.length - end - 1);
            } else if (bytes.length > MAX_START_OUTPUT) {
                break;
            }
        }
        return head.toString(StandardCharsets.UTF_8).strip();
    }

    /** Where the complete line {@code ready <pid>} begins, or -1. */
    private static int readyLine(byte[] bytes) {
        for (int start = 0; start >= 0 && start < bytes.length; ) {
            int end = indexOf(bytes, '\n', start);
            if (end < 0) {
                return -1;
            }
            if (end - start > 6 && new String(bytes, start, 6, StandardCharsets.US_ASCII).equals("ready ")) {
                return start;
            }
            start = end + 1;
        }
        return -1;
    }

    private static int indexOf(byte[] bytes, char wanted, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }
}

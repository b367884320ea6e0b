package io.periplus.lab.node.container;

import io.periplus.lab.node.NodeCleanup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A further program inside a running container, in a cgroup of its own below the container's. */
public final class ContainerExec {
    private static final AtomicLong NUMBER = new AtomicLong();

    private final Process process;
    private final Cgroup cgroup;

    private ContainerExec(Process process, Cgroup cgroup) {
        this.process = process;
        this.cgroup = cgroup;
    }

    /**
     * Starts {@code command} with the namespaces, privileges, environment and working directory of a container.
     *
     * @param terminal device to be its controlling terminal and standard streams, empty for pipes
     * @param mergeErrors whether standard error goes where standard output goes
     * @throws IOException if the container does not run
     */
    public static ContainerExec start(
            ContainerProcess container, List<String> command, String terminal, boolean mergeErrors) throws IOException {
        ContainerSpec spec = container.spec();
        long pid = container.pid();
        if (pid == 0) {
            throw new IOException("container " + spec.name() + " is not running");
        }
        Cgroup cgroup = spec.cgroup().child("exec-" + NUMBER.incrementAndGet());
        cgroup.create();
        List<String> line = new ArrayList<>(List.of(
                "/bin/sh",
                "-c",
                terminal.isEmpty()
                        ? "echo 0 > \"$1\"; shift; exec \"$@\""
                        : "exec <>\"$2\" >&0 2>&0; echo 0 > \"$1\"; shift 2; exec \"$@\"",
                "exec",
                cgroup.directory().resolve("cgroup.procs").toString()));
        if (!terminal.isEmpty()) {
            line.add(terminal);
        }
        line.addAll(List.of("nsenter", "--target=" + pid, "--mount", "--uts", "--net"));
        if (!spec.hostPid()) {
            line.add("--pid");
        }
        line.add("--");
        if (!terminal.isEmpty()) {
            line.addAll(ContainerScript.SESSION);
        }
        line.addAll(spec.privileges().prefix());
        line.addAll(List.of("env", "-i", "-C", spec.workingDirectory().isEmpty() ? "/" : spec.workingDirectory()));
        spec.environment().forEach((name, value) -> line.add(name + "=" + value));
        if (!terminal.isEmpty() && !spec.environment().containsKey("TERM")) {
            line.add("TERM=xterm");
        }
        line.addAll(command);
        return new ContainerExec(
                new ProcessBuilder(line).redirectErrorStream(mergeErrors).start(), cgroup);
    }

    public Process process() {
        return process;
    }

    /** Whether processes of it are left. */
    public boolean isPopulated() throws IOException {
        return cgroup.isPopulated();
    }

    /** Leaves what still runs to the container: programs that were put into the background go on. */
    public void release() throws IOException {
        if (!cgroup.isPopulated()) {
            cgroup.remove();
        }
    }

    /** Kills what is left of it. */
    public void close() throws IOException {
        cgroup.kill();
        process.destroyForcibly();
        NodeCleanup.stopAll(cgroup);
    }
}

package io.periplus.lab.lifecycle;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Starts, asks and stops the lab process of one state directory. */
final class DaemonClient {
    /** Removing hundreds of pods takes seconds; a process that takes longer has hung and is killed. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(45);
    /**
     * A heap that starts small and may grow to several times what two clusters with a mesh need; a small young generation,
     * as all of it becomes resident however little the lab has to do.
     */
    private static final List<String> JAVA_OPTIONS = List.of(
            "-Xms32m",
            "-Xmx256m",
            "-XX:MaxNewSize=24m",
            "-XX:-UsePerfData",
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "-XX:TieredStopAtLevel=1",
            "-Djdk.virtualThreadScheduler.maxPoolSize=64",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private static final int LOG_LINES = 15;

    private final LabDirectory directory;

    DaemonClient(LabDirectory directory) {
        this.directory = directory;
    }

    /** Whether a lab process lives, ready or not. */
    boolean isRunning() throws IOException {
        return DaemonLock.isHeld(directory.lock());
    }

    /** Null if no lab process answers. */
    @Nullable
    LabStatus status() {
        var status = new AtomicReference<@Nullable LabStatus>();
        try {
            ControlSocket.ask(directory.socket(), "status", line -> status.set(parse(line)));
        } catch (IOException e) {
            return null;
        }
        return status.get();
    }

    /** Asks the lab process for one line. */
    String ask(String request) throws IOException {
        var answer = new StringBuilder();
        ControlSocket.ask(directory.socket(), request, answer::append);
        return answer.toString();
    }

    /** Reports every step until the lab is ready, has failed or ends; returns the last state, null if there was none. */
    @Nullable
    LabStatus follow(Consumer<LabStatus> steps) {
        var last = new AtomicReference<@Nullable LabStatus>();
        try {
            ControlSocket.ask(directory.socket(), "follow", line -> {
                LabStatus status = parse(line);
                last.set(status);
                steps.accept(status);
            });
        } catch (IOException e) {
            // The process ended; what it said last is the answer.
        }
        return last.get();
    }

    /** Starts a lab process that outlives this one; returns when it answers on its socket. */
    void start(LabOptions options) throws IOException, LabException {
        var command = new ArrayList<String>();
        command.add("setsid");
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JAVA_OPTIONS);
        command.addAll(options.javaOptions());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(LabDaemon.class.getName());
        command.add(directory.root().toString());
        var builder = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectError(directory.log().toFile());
        builder.environment().put("PATH", programPath());
        Process process = builder.start();
        try (var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            if (LabDaemon.LISTENING.equals(output.readLine())) {
                return;
            }
        }
        int status = exitStatus(process);
        if (status != LabDaemon.LOCKED) {
            throw new LabException(
                    ExitCode.FAILED, "the lab process ended at once with status " + status + ":\n" + logEnd());
        }
    }

    /** Asks the lab process to stop and waits until it has; kills it if it does not. */
    void stop() throws IOException, LabException {
        LabStatus status = status();
        try {
            ControlSocket.ask(directory.socket(), "stop", line -> {});
        } catch (IOException e) {
            // Nobody answers: it just stops, or it hangs.
        }
        try {
            DaemonLock.await(directory.lock(), STOP_TIMEOUT);
        } catch (TimeoutException e) {
            if (status == null) {
                throw new LabException(
                        ExitCode.FAILED,
                        "the lab process does not answer; end it yourself: it has " + directory.lock() + " open",
                        e);
            }
            ProcessHandle.of(status.pid()).ifPresent(process -> {
                process.destroyForcibly();
                process.onExit().join();
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the lab stopped", e);
        }
    }

    /** Root's path may lack the directories where the network tools are. */
    static String programPath() {
        String path = System.getenv("PATH");
        return (path == null || path.isEmpty() ? "/usr/bin:/bin" : path) + ":/usr/sbin:/sbin";
    }

    /** The last lines of the lab's log, for an error message. */
    String logEnd() throws IOException {
        try {
            List<String> lines = Files.readAllLines(directory.log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
        } catch (NoSuchFileException e) {
            return "(no log)";
        }
    }

    private static int exitStatus(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the lab started", e);
        }
    }

    private static LabStatus parse(String line) {
        try {
            return Json.MAPPER.readValue(line, LabStatus.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the lab process answered: " + line, e);
        }
    }
}

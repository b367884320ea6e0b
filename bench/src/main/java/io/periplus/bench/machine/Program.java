package io.periplus.bench.machine;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process of the benchmark: in one network namespace, on one core, with its errors in a file. */
public final class Program implements AutoCloseable {
    private static final int END_SECONDS = 10;

    private final String name;
    private final Process process;
    private final Path log;
    private final BufferedReader out;
    private final BufferedWriter in;
    private final Runnable kill;

    private Program(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        this.kill = () -> {
            // The parent first, which would replace a child that has gone.
            List<ProcessHandle> children = process.descendants().toList();
            process.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        };
        Leftovers.add(kill);
    }

    /**
     * Starts a process; its pid is that of the command itself.
     *
     * @param cores as {@code taskset -c} takes them
     * @param directory where its log goes
     */
    public static Program start(
            String name,
            String namespace,
            String cores,
            Path directory,
            Map<String, String> environment,
            List<String> command) {
        List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        line.addAll(List.of("taskset", "-c", cores));
        line.addAll(command);
        Path log = directory.resolve(name + ".log");
        try {
            ProcessBuilder builder = new ProcessBuilder(line).redirectError(log.toFile());
            builder.environment().putAll(environment);
            return new Program(name, builder.start(), log);
        } catch (IOException e) {
            throw new BenchException("cannot start %s: %s".formatted(name, e.getMessage()), e);
        }
    }

    /** A Java program of this benchmark, from its own class path. */
    public static Program java(
            String name,
            String namespace,
            String cores,
            Path directory,
            List<String> flags,
            Class<?> main,
            String... args) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of(
                "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        line.addAll(flags);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        line.addAll(List.of(args));
        return start(name, namespace, cores, directory, Map.of(), line);
    }

    public String name() {
        return name;
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    public double cpuSeconds() {
        return ProcessUse.cpuSeconds(handle());
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The next line of its output. */
    public String readLine() {
        try {
            String line = out.readLine();
            if (line == null) {
                throw new BenchException("%s has ended: %s".formatted(name, lastWords()));
            }
            return line;
        } catch (IOException e) {
            throw new BenchException("%s: %s".formatted(name, e.getMessage()), e);
        }
    }

    /** Writes a line to its input. */
    public void writeLine(String line) {
        try {
            in.write(line);
            in.newLine();
            in.flush();
        } catch (IOException e) {
            throw new BenchException("%s takes no input: %s".formatted(name, lastWords()), e);
        }
    }

    /** The end of its log. */
    public String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 8), lines.size()));
        } catch (IOException e) {
            return "no log: " + e;
        }
    }

    @Override
    public void close() {
        end(END_SECONDS);
    }

    /** Asks it to end, and ends it if it has not after so long. */
    public void end(int patienceSeconds) {
        Leftovers.done(kill);
        process.destroy();
        try {
            if (!process.waitFor(patienceSeconds, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

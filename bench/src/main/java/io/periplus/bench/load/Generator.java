package io.periplus.bench.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.periplus.bench.machine.BenchException;
import io.periplus.bench.machine.ProcessUse;
import io.periplus.bench.machine.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Drives a {@link LoadMain} process, and watches what other processes use in the measured time. */
public final class Generator implements AutoCloseable {
    private final ObjectMapper json = new ObjectMapper();
    private final Program program;

    private Generator(Program program) {
        this.program = program;
    }

    /** Starts the process in a namespace, on some cores. */
    public static Generator start(String name, String namespace, String cores, Path directory) {
        return new Generator(
                Program.java(name, namespace, cores, directory, List.of("-Xms64m", "-Xmx256m"), LoadMain.class));
    }

    /**
     * One measurement.
     *
     * @param cpuSeconds of the watched processes, in their order, in the measured time
     * @param residentMiB of the watched processes, at the end of the warm-up
     * @param ownMiB the part of it that is not a file's
     */
    public record Measured(LoadResult load, List<Double> cpuSeconds, List<Double> residentMiB, List<Double> ownMiB) {}

    /**
     * Runs a plan.
     *
     * @throws BenchException when the generator has ended
     */
    public Measured run(LoadPlan plan, List<Program> watched) {
        try {
            program.writeLine(json.writeValueAsString(plan));
            expect(LoadMain.BEGIN);
            List<Double> before = use(watched);
            List<ProcessHandle> processes =
                    watched.stream().map(Program::handle).toList();
            List<Double> resident =
                    processes.stream().map(ProcessUse::residentMiB).toList();
            List<Double> own = processes.stream().map(ProcessUse::ownMiB).toList();
            expect(LoadMain.END);
            List<Double> after = use(watched);
            LoadResult load = json.readValue(program.readLine(), LoadResult.class);
            List<Double> used = new ArrayList<>();
            for (int i = 0; i < before.size(); i++) {
                used.add(after.get(i) - before.get(i));
            }
            return new Measured(load, used, resident, own);
        } catch (JsonProcessingException e) {
            throw new BenchException("the generator answered what is no result: " + e.getMessage(), e);
        }
    }

    private void expect(String signal) {
        String line = program.readLine();
        if (!line.equals(signal)) {
            throw new BenchException("the generator answered \"%s\" (expected: %s)".formatted(line, signal));
        }
    }

    private static List<Double> use(List<Program> watched) {
        return watched.stream().map(Program::cpuSeconds).toList();
    }

    @Override
    public void close() {
        program.close();
    }
}

package io.periplus.lab.lifecycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Resident memory of processes, from {@code /proc}. */
final class ProcessMemory {
    private ProcessMemory() {}

    /** Proportional set size in bytes: pages shared by n processes count one n-th in each. 0 for a process that is gone. */
    static long ofProcess(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]) * 1024)
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    /** Of all processes of a cgroup and of those below it. */
    static long ofGroup(Path cgroup) {
        return processes(cgroup).stream().mapToLong(ProcessMemory::ofProcess).sum();
    }

    private static List<Long> processes(Path cgroup) {
        var pids = new ArrayList<Long>();
        try (Stream<Path> files = Files.walk(cgroup)) {
            for (Path file : (Iterable<Path>) files.filter(f -> f.endsWith("cgroup.procs"))::iterator) {
                for (String line : Files.readAllLines(file)) {
                    pids.add(Long.parseLong(line.strip()));
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // Groups come and go with their pods; what is gone uses no memory.
        }
        return pids;
    }
}

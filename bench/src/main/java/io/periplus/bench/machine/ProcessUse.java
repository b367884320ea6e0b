package io.periplus.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a process and its children use, from {@code /proc}. */
public final class ProcessUse {
    private static final double TICKS_PER_SECOND = 100;
    private static final Pattern COMPILER = Pattern.compile("^C[12] Compiler");
    private static final int UTIME = 11;
    private static final int STIME = 12;

    private ProcessUse() {}

    /**
     * CPU time so far, user and system, of the process and its living descendants.
     *
     * @return seconds, in steps of 10 ms
     */
    public static double cpuSeconds(ProcessHandle process) {
        long ticks = 0;
        for (long pid : family(process)) {
            ticks += ticks(read(Path.of("/proc", Long.toString(pid), "stat")));
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** CPU time so far of the compilers of a JVM, which a process that has run for long no longer needs; 0 for others. */
    public static double compilerSeconds(ProcessHandle process) {
        long ticks = 0;
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
            for (Path thread : threads.toList()) {
                if (COMPILER.matcher(read(thread.resolve("comm"))).find()) {
                    ticks += ticks(read(thread.resolve("stat")));
                }
            }
        } catch (IOException _) {
            // It has gone.
        }
        return ticks / TICKS_PER_SECOND;
    }

    private static long ticks(String stat) {
        // The name in parentheses may have spaces; field 3 comes behind it.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        return fields.length > STIME ? Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]) : 0;
    }

    /** Resident memory of the process and its descendants; pages that they share count once for each. */
    public static double residentMiB(ProcessHandle process) {
        return mebibytes(process, "VmRSS:");
    }

    /** The part of it that is not a file's: what the process alone has, and would not be there without it. */
    public static double ownMiB(ProcessHandle process) {
        return mebibytes(process, "RssAnon:");
    }

    private static double mebibytes(ProcessHandle process, String what) {
        double kib = 0;
        for (long pid : family(process)) {
            for (String line :
                    read(Path.of("/proc", Long.toString(pid), "status")).split("\n", -1)) {
                if (line.startsWith(what)) {
                    kib += Long.parseLong(line.replaceAll("[^0-9]", ""));
                }
            }
        }
        return kib / 1024;
    }

    private static List<Long> family(ProcessHandle process) {
        List<Long> pids = new ArrayList<>();
        pids.add(process.pid());
        process.descendants().forEach(child -> pids.add(child.pid()));
        return pids;
    }

    /** Empty when the process has gone. */
    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException _) {
            return "";
        }
    }
}

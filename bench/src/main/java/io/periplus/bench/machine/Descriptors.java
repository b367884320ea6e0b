package io.periplus.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many files a process of this machine may have open. */
public final class Descriptors {
    private static final String NAME = "Max open files";
    /** Of three columns: the hard limit, to which proxies raise theirs. */
    private static final int HARD = 1;

    private Descriptors() {}

    /** The limit; a proxy needs two for every connection. */
    public static int limit() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
                if (line.startsWith(NAME)) {
                    String hard = line.substring(NAME.length()).strip().split(" +", -1)[HARD];
                    return hard.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(hard);
                }
            }
            throw new BenchException("/proc/self/limits: there is no line \"%s\"".formatted(NAME));
        } catch (IOException e) {
            throw new BenchException("/proc/self/limits: " + e.getMessage(), e);
        }
    }
}

package io.periplus.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.periplus.bench.machine.BenchException;
import io.periplus.bench.machine.Commands;

/** What the benchmarks have in common on the command line. */
final class Terminal {
    private Terminal() {}

    /** @throws BenchException unless it is {@code table} or {@code json} */
    static void checkOutput(String output) {
        if (!output.equals("table") && !output.equals("json")) {
            throw new BenchException("--output %s (expected: table or json)".formatted(output));
        }
    }

    /**
     * @param packages of Debian that hold the programs
     * @throws BenchException unless the user is root and all programs are there
     */
    static void checkMachine(String benchmark, String packages, String... programs) {
        if (!System.getProperty("user.name").equals("root")) {
            throw new BenchException("network namespaces need root: sudo ./periplus bench " + benchmark);
        }
        for (String program : programs) {
            if (Commands.find(program) == null) {
                throw new BenchException(program + " is not installed (Debian: apt-get install " + packages + ")");
            }
        }
    }

    /** @param text for people, who asked for a table */
    static void print(String output, Object report, String text) throws JsonProcessingException {
        System.out.println(
                output.equals("json")
                        ? new ObjectMapper()
                                .enable(SerializationFeature.INDENT_OUTPUT)
                                .writeValueAsString(report)
                        : text);
    }

    static void progress(String what) {
        System.err.println("bench: " + what);
    }
}

package io.periplus.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.periplus.bench.machine.BenchException;
import io.periplus.bench.machine.Commands;
import io.periplus.bench.tunnel.TunnelReport;
import io.periplus.bench.tunnel.TunnelRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The L4 path: through two ztunnels, against a pair of HAProxy and no mesh. */
@Command(
        name = "l4",
        description = "The L4 path: through two ztunnels, against a pair of HAProxy that does the same, and no mesh.",
        mixinStandardHelpOptions = true)
final class L4Command implements Callable<Integer> {
    private static final int ROUNDS = 4;

    @Option(
            names = {"-o", "--output"},
            description = "table (default) or json",
            defaultValue = "table")
    @SuppressWarnings("NullAway.Init")
    private String output;

    @Option(
            names = "--only",
            split = ",",
            description = "parts (load, memory), scenarios (send-1, send-8, receive-8, requests, connections) or"
                    + " contenders whose names match one of these regular expressions")
    private Set<String> only = Set.of();

    @Option(names = "--seconds", description = "measured per contender and scenario (default: ${DEFAULT-VALUE})")
    private double seconds = 8;

    @Option(names = "--quick", description = "shows in a few seconds that everything works; the figures mean nothing")
    private boolean quick;

    @Option(names = "--against", description = "directory of another build of Periplus, to run beside this one")
    @Nullable
    private Path against;

    @Override
    public Integer call() throws JsonProcessingException {
        if (!output.equals("table") && !output.equals("json")) {
            throw new BenchException("--output %s (expected: table or json)".formatted(output));
        }
        checkMachine();
        Times whole = quick ? Times.quick() : Times.ofSeconds(seconds);
        Times times = quick ? whole : whole.withRounds(ROUNDS);
        TunnelReport report = new TunnelRun(times, quick, only, against, this::progress).run();
        System.out.println(
                output.equals("json")
                        ? new ObjectMapper()
                                .enable(SerializationFeature.INDENT_OUTPUT)
                                .writeValueAsString(report)
                        : report.text());
        return 0;
    }

    private static void checkMachine() {
        if (!System.getProperty("user.name").equals("root")) {
            throw new BenchException("network namespaces need root: sudo ./periplus bench l4");
        }
        for (String program : List.of("ip", "taskset", "nft")) {
            if (Commands.find(program) == null) {
                throw new BenchException(
                        program + " is not installed (Debian: apt-get install iproute2 util-linux nftables)");
            }
        }
    }

    private void progress(String what) {
        System.err.println("bench: " + what);
    }
}

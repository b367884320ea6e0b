package io.periplus.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.periplus.bench.tunnel.TunnelReport;
import io.periplus.bench.tunnel.TunnelRun;
import java.nio.file.Path;
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
        Terminal.checkOutput(output);
        Terminal.checkMachine("l4", "iproute2 util-linux nftables", "ip", "taskset", "nft");
        Times whole = quick ? Times.quick() : Times.ofSeconds(seconds);
        Times times = quick ? whole : whole.withRounds(ROUNDS);
        TunnelReport report = new TunnelRun(times, quick, only, against, Terminal::progress).run();
        Terminal.print(output, report, report.text());
        return 0;
    }
}

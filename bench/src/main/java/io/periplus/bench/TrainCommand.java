package io.periplus.bench;

import io.periplus.bench.contender.Contender.Rules;
import io.periplus.bench.contender.PeriplusGateway;
import io.periplus.bench.machine.BenchException;
import io.periplus.bench.machine.Cores;
import io.periplus.bench.machine.WorkDirectory;
import io.periplus.bench.plain.Scenario;
import io.periplus.bench.plain.Site;
import io.periplus.bench.plain.Site.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A training run for the proxies' AOT cache: a gateway under load, so that the cache has profiles too (JEP 515) and the
 * compilers know from the start what is worth their time.
 */
@Command(name = "train", hidden = true, description = "Writes the proxies' AOT cache from a run under load.")
final class TrainCommand implements Callable<Integer> {
    private static final long LOAD_MILLIS = 2_000;
    /** Writing the cache takes seconds, more on a busy machine. */
    private static final int WRITING_SECONDS = 90;

    @Option(names = "--classes", required = true, description = "the classes to load, one a line")
    @SuppressWarnings("NullAway.Init")
    private Path classes;

    @Option(names = "--output", required = true, description = "the cache")
    @SuppressWarnings("NullAway.Init")
    private Path output;

    @Override
    public Integer call() {
        Map<String, String> training = Map.of(
                "PERIPLUS_AOT_CLASSES", classes.toAbsolutePath().toString(),
                "PERIPLUS_AOT_OUTPUT", output.toAbsolutePath().toString());
        try (WorkDirectory directory = WorkDirectory.make();
                Site site = new Site(Cores.ofMachine(), directory.path())) {
            Running gateway = site.start(PeriplusGateway.own(training), Rules.NONE, 0);
            try {
                for (Scenario scenario : Scenario.ALL) {
                    if (scenario.rules().equals(Rules.NONE)) {
                        site.generator().run(site.plan(scenario, gateway, 0, 0, LOAD_MILLIS), List.of());
                    }
                }
            } finally {
                gateway.program().end(WRITING_SECONDS);
            }
            if (!Files.isReadable(output)) {
                throw new BenchException(
                        "no cache was written: " + gateway.program().lastWords());
            }
        }
        return 0;
    }
}

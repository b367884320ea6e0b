package io.periplus.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.periplus.bench.machine.BenchException;
import io.periplus.bench.machine.Machine;
import io.periplus.bench.report.CpuProfiler;
import io.periplus.bench.report.MicroReport;
import java.util.Collection;
import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What judging a request costs, step by step. */
@Command(
        name = "policy",
        description = "What the judgement of a request costs: decisions among many policies, and the steps beside it.",
        mixinStandardHelpOptions = true)
final class PolicyCommand implements Callable<Integer> {
    private static final String MICROBENCHMARKS = "io.periplus.bench.micro.";

    /** Several short ones rather than few long ones: their median forgives what else happens on the machine. */
    private static final int ITERATIONS = 10;

    @Option(
            names = {"-o", "--output"},
            description = "table (default) or json",
            defaultValue = "table")
    @SuppressWarnings("NullAway.Init")
    private String output;

    @Option(names = "--only", description = "steps whose names, such as Decision.allow, match this regular expression")
    private String only = ".*";

    @Option(names = "--policies", split = ",", description = "numbers of policies (default: 1,100,1000,10000)")
    private String[] policies = {};

    @Option(names = "--seconds", description = "measured per row (default: ${DEFAULT-VALUE})")
    private double seconds = 3;

    @Option(names = "--quick", description = "shows in a few seconds that everything works; the figures mean nothing")
    private boolean quick;

    @Override
    public Integer call() throws JsonProcessingException, RunnerException {
        Terminal.checkOutput(output);
        MicroReport report = MicroReport.of(Machine.describe(), measure());
        Terminal.print(output, report, report.text());
        return 0;
    }

    private Collection<RunResult> measure() throws RunnerException {
        TimeValue iteration = TimeValue.milliseconds(quick ? 50 : Math.round(seconds * 1000 / ITERATIONS));
        OptionsBuilder options = new OptionsBuilder();
        options.include("^" + MICROBENCHMARKS.replace(".", "\\.") + "(" + only + ")$")
                .forks(1)
                // Not the lean ones of this process: those of the proxies, with a compiler that takes its time.
                .jvmArgs(
                        "-Xms256m",
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-XX:+UseCompactObjectHeaders",
                        "--sun-misc-unsafe-memory-access=allow")
                .warmupIterations(quick ? 1 : ITERATIONS)
                .warmupTime(iteration)
                .measurementIterations(quick ? 1 : ITERATIONS)
                .measurementTime(iteration)
                .addProfiler(GCProfiler.class)
                .addProfiler(CpuProfiler.class)
                .verbosity(VerboseMode.SILENT);
        if (quick) {
            options.param("policies", "1", "100");
        } else if (policies.length > 0) {
            options.param("policies", policies);
        }
        try {
            return new Runner(options.build()).run();
        } catch (NoBenchmarksException e) {
            throw new BenchException(
                    "--only %s matches no step (expected: a regular expression such as 'Token.*|Limit.*')"
                            .formatted(only));
        }
    }
}

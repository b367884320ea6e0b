package io.periplus.bench.report;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * What single steps cost.
 *
 * @param machine what it ran on
 * @param rows one for each step and each set of parameters
 */
public record MicroReport(Map<String, String> machine, List<Row> rows) {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    /**
     * A step.
     *
     * @param step class and method, such as {@code Decision.allow}
     * @param parameters in words
     * @param threads that took the step at the same time
     * @param nanos for one: the median of several short measurements
     * @param worstNanos the longest of them
     * @param cpuNanos processor time for one, of all threads: the median, too
     * @param bytes allocated for one
     */
    public record Row(
            String step,
            String parameters,
            int threads,
            double nanos,
            double worstNanos,
            double cpuNanos,
            double bytes) {}

    /** Of a JMH run in which the time of a step is measured in ns. */
    public static MicroReport of(Map<String, String> machine, Collection<RunResult> results) {
        return new MicroReport(machine, results.stream().map(MicroReport::row).toList());
    }

    private static Row row(RunResult result) {
        BenchmarkParams params = result.getParams();
        String[] name = params.getBenchmark().split("\\.");
        double[] nanos = sorted(result, IterationResult::getPrimaryResult);
        double[] cpu =
                sorted(result, iteration -> iteration.getSecondaryResults().get(CpuProfiler.RESULT));
        Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
        return new Row(
                name[name.length - 2] + "." + name[name.length - 1],
                params.getParamsKeys().stream()
                        .map(key -> params.getParam(key) + " " + key)
                        .collect(Collectors.joining(", ")),
                params.getThreads(),
                nanos[nanos.length / 2],
                nanos[nanos.length - 1],
                cpu[cpu.length / 2],
                allocated == null ? 0 : allocated.getScore());
    }

    private static double[] sorted(RunResult result, Function<IterationResult, Result<?>> of) {
        return result.getAggregatedResult().getIterationResults().stream()
                .mapToDouble(iteration -> of.apply(iteration).getScore())
                .sorted()
                .toArray();
    }

    /** As a table. */
    public String text() {
        StringBuilder text = new StringBuilder();
        machine.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append('\n'));
        TextTable table = new TextTable("STEP", "OF", "THREADS", "ns", "WORST ns", "CPU ns", "BYTES");
        for (Row row : rows) {
            table.add(
                    row.step(),
                    row.parameters(),
                    Integer.toString(row.threads()),
                    number(row.nanos()),
                    number(row.worstNanos()),
                    number(row.cpuNanos()),
                    number(row.bytes()));
        }
        return text.append('\n').append(table).toString();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
    }
}

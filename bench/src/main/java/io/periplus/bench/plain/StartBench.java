package io.periplus.bench.plain;

import io.periplus.bench.Times;
import io.periplus.bench.contender.Contender;
import io.periplus.bench.contender.Contender.Rules;
import io.periplus.bench.load.LoadResult;
import io.periplus.bench.machine.ProcessUse;
import io.periplus.bench.plain.Site.Running;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Starts each proxy alone: time to the first answer, memory before any load, and how the cost of a request falls while
 * compilers work. Speed is judged by CPU per request in slices of the load, as throughput on a busy machine says little.
 */
public final class StartBench {
    private static final int SLICE_REQUESTS = 2_500;
    private static final int SLICES = 32;
    /** The end is the median of so many slices. */
    private static final int LAST = 7;

    private static final double FULL_SPEED = 0.9;
    /** For memory to settle: the JVM gives back what start-up took. */
    private static final long IDLE_NANOS = 12_000_000_000L;

    private final Site site;
    private final Times times;
    private final Consumer<String> progress;

    public StartBench(Site site, Times times, Consumer<String> progress) {
        this.site = site;
        this.times = times;
        this.progress = progress;
    }

    /** One after the other. */
    public List<StartRow> run(List<Contender> contenders) {
        List<StartRow> rows = new ArrayList<>();
        for (Contender contender : contenders) {
            progress.accept("start: " + contender.name());
            Running one = site.start(contender, Rules.NONE, 0);
            try {
                rows.add(row(one));
            } finally {
                one.program().close();
            }
        }
        return rows;
    }

    private StartRow row(Running one) {
        boolean quick = times.rounds() == 1;
        if (!quick) {
            LockSupport.parkNanos(IDLE_NANOS);
        }
        double idle = ProcessUse.residentMiB(one.program().handle());
        List<Double> seconds = new ArrayList<>();
        List<Double> cpu = new ArrayList<>();
        List<Double> micros = new ArrayList<>();
        long errors = 0;
        String error = null;
        for (int i = 0; i < (quick ? 2 : SLICES); i++) {
            double cpuBefore = one.program().cpuSeconds();
            long begin = System.nanoTime();
            LoadResult slice = site.generator()
                    .run(site.plan(Scenario.ALL.getFirst(), one, 0, quick ? 10 : SLICE_REQUESTS, 1), List.of())
                    .load();
            seconds.add((System.nanoTime() - begin) / 1e9);
            cpu.add(one.program().cpuSeconds() - cpuBefore);
            micros.add(cpu.getLast() / Math.max(1, slice.total()) * 1e6);
            errors += slice.errors();
            error = error == null ? slice.error() : error;
        }
        return row(one, idle, seconds, cpu, micros, errors, error);
    }

    private static StartRow row(
            Running one,
            double idle,
            List<Double> seconds,
            List<Double> cpu,
            List<Double> micros,
            long errors,
            @Nullable String error) {
        List<Double> last = micros.subList(Math.max(0, micros.size() - LAST), micros.size()).stream()
                .sorted()
                .toList();
        double end = last.get(last.size() / 2);
        double elapsed = 0;
        double used = 0;
        for (int i = 0; i < micros.size() - 1 && micros.get(i) > end / FULL_SPEED; i++) {
            elapsed += seconds.get(i);
            used += cpu.get(i);
        }
        return new StartRow(
                one.contender().name(),
                one.firstAnswerMillis(),
                one.firstAnswerCpuSeconds(),
                idle,
                elapsed,
                used,
                micros.getFirst(),
                end,
                errors,
                error);
    }
}

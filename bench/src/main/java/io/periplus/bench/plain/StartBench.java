package io.periplus.bench.plain;

import io.periplus.bench.Times;
import io.periplus.bench.contender.Contender;
import io.periplus.bench.load.Generator.Measured;
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
    private static final long SLICE_MILLIS = 500;
    private static final int SLICES = 24;
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
            Running one = site.start(contender, 0, 0);
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
        double cpuBefore = one.program().cpuSeconds();
        for (int i = 0; i < (quick ? 2 : SLICES); i++) {
            Measured slice = site.generator()
                    .run(
                            site.plan(Scenario.ALL.getFirst(), one, 0, 0, quick ? times.cellMillis() : SLICE_MILLIS),
                            List.of(one.program()));
            seconds.add(slice.load().seconds());
            cpu.add(one.program().cpuSeconds() - cpuBefore);
            micros.add(slice.cpuSeconds().getFirst() / Math.max(1, slice.load().completed()) * 1e6);
            errors += slice.load().errors();
            error = error == null ? slice.load().error() : error;
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
        int slice = 0;
        while (slice < micros.size() - 1 && micros.get(slice) > end / FULL_SPEED) {
            elapsed += seconds.get(slice++);
        }
        return new StartRow(
                one.contender().name(),
                one.firstAnswerMillis(),
                idle,
                elapsed,
                slice == 0 ? 0 : cpu.get(slice - 1),
                micros.getFirst(),
                end,
                errors,
                error);
    }
}

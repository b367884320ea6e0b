package io.periplus.bench.load;

import io.periplus.bench.load.Generator.Measured;
import io.periplus.bench.machine.ProcessUse;
import io.periplus.bench.machine.Program;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Load before a measurement, until the proxies' compilers have little left to do: a proxy that runs for days has compiled what
 * it needs, and one core may be too busy with the load itself to have done so after any fixed number of requests.
 */
public final class WarmUp {
    /** Of the proxies' CPU time: what is left to compile makes no difference. */
    private static final double COMPILERS_SHARE = 0.03;

    private static final int SLICES = 15;
    private static final long SLICE_MILLIS = 1_500;

    private WarmUp() {}

    /**
     * Returns at once where no proxy is a JVM, and in any case after 15 slices of 1.5 s.
     *
     * @param plan of so many milliseconds
     */
    public static void awaitCompilers(Generator generator, LongFunction<LoadPlan> plan, List<Program> proxies) {
        for (int slice = 0; slice < SLICES; slice++) {
            double before = compilers(proxies);
            if (before == 0) {
                return;
            }
            Measured measured = generator.run(plan.apply(SLICE_MILLIS), proxies);
            double used = measured.cpuSeconds().stream()
                    .mapToDouble(Double::doubleValue)
                    .sum();
            if (compilers(proxies) - before <= COMPILERS_SHARE * used) {
                return;
            }
        }
    }

    private static double compilers(List<Program> proxies) {
        return proxies.stream()
                .mapToDouble(one -> ProcessUse.compilerSeconds(one.handle()))
                .sum();
    }
}

package io.periplus.bench.tunnel;

import io.periplus.bench.Times;
import io.periplus.bench.machine.Machine;
import io.periplus.bench.machine.WorkDirectory;
import io.periplus.bench.tunnel.TunnelSite.Pods;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One run: who and what was asked for, measured in a network that is gone afterwards. */
public final class TunnelRun {
    private static final String LOAD = "load";
    private static final String MEMORY = "memory";

    private final Times times;
    private final boolean quick;
    private final Set<String> only;
    private final @Nullable Path against;
    private final Consumer<String> progress;

    /**
     * @param only parts, scenarios and contenders; of each kind all if none is named
     * @param against the directory of another build, {@code null} for none
     */
    public TunnelRun(Times times, boolean quick, Set<String> only, @Nullable Path against, Consumer<String> progress) {
        this.times = times;
        this.quick = quick;
        this.only = only;
        this.against = against;
        this.progress = progress;
    }

    public TunnelReport run() {
        Contenders found = Contenders.find(against);
        List<Contender> contenders = pick(found.present(), Contender::name);
        List<TunnelRow> rows = List.of();
        List<MemoryRow> memory = List.of();
        try (WorkDirectory directory = WorkDirectory.make();
                TunnelSite site = new TunnelSite(directory.path())) {
            List<Pods> pods = contenders.stream().map(site::pods).toList();
            if (wanted(MEMORY)) {
                memory = new MemoryBench(site, quick, progress).run(pods);
            }
            if (wanted(LOAD)) {
                rows = new TunnelBench(times, progress).run(pick(TunnelScenario.ALL, TunnelScenario::name), pods);
            }
        }
        Map<String, String> versions = new LinkedHashMap<>();
        contenders.forEach(contender -> versions.put(contender.name(), contender.version()));
        return new TunnelReport(Machine.describe(), versions, found.absent(), rows, memory);
    }

    /** Whether a part is to be run: it is named, or no part is. */
    private boolean wanted(String part) {
        return only.contains(part) || !only.contains(LOAD) && !only.contains(MEMORY);
    }

    /** Those that are named; all when none of them is. */
    private <T> List<T> pick(List<T> all, Function<T, String> name) {
        List<T> picked = all.stream()
                .filter(one -> only.stream().anyMatch(pattern -> Pattern.matches(pattern, name.apply(one))))
                .toList();
        return picked.isEmpty() ? all : picked;
    }
}

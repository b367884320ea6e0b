package io.periplus.bench.tunnel;

import io.periplus.bench.Times;
import io.periplus.bench.load.Generator.Measured;
import io.periplus.bench.load.LoadPlan;
import io.periplus.bench.load.LoadResult;
import io.periplus.bench.load.WarmUp;
import io.periplus.bench.machine.BenchException;
import io.periplus.bench.machine.Program;
import io.periplus.bench.tunnel.Contender.Running;
import io.periplus.bench.tunnel.TunnelSite.Pods;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All contenders at saturation, taking turns, and then in an open loop at the same rate for all. */
final class TunnelBench {
    private static final String REFERENCE = "haproxy";

    private final Times times;
    private final Consumer<String> progress;

    TunnelBench(Times times, Consumer<String> progress) {
        this.times = times;
        this.progress = progress;
    }

    private record Way(Pods pods, Running running) {
        String name() {
            return pods.contender().name();
        }

        List<Program> watched() {
            List<Program> all = new ArrayList<>(running.proxies());
            all.add(pods.server());
            return all;
        }
    }

    List<TunnelRow> run(List<TunnelScenario> scenarios, List<Pods> contenders) {
        List<Way> ways = new ArrayList<>();
        List<TunnelRow> rows = new ArrayList<>();
        try {
            for (Pods pods : contenders) {
                progress.accept("starting " + pods.contender().name());
                ways.add(new Way(pods, pods.contender().start(pods.place())));
            }
            for (TunnelScenario scenario : scenarios) {
                rows.addAll(measure(scenario, ways));
            }
        } finally {
            ways.forEach(way -> close(way.running));
        }
        return rows;
    }

    private static void close(Running running) {
        try {
            running.close();
        } catch (Exception e) {
            throw new BenchException("cannot end what was started: " + e.getMessage(), e);
        }
    }

    private List<TunnelRow> measure(TunnelScenario scenario, List<Way> ways) {
        for (Way way : ways) {
            progress.accept("%s: warming up %s".formatted(scenario.name(), way.name()));
            way.pods.client().run(scenario.plan(way.running, 0, times.warmUpRequests(), 1), List.of());
            if (!times.isQuick()) {
                WarmUp.awaitCompilers(
                        way.pods.client(), millis -> scenario.plan(way.running, 0, 0, millis), way.running.proxies());
            }
        }
        List<Sums> sums =
                ways.stream().map(way -> new Sums(way.running.proxies().size())).toList();
        for (int round = 0; round < times.rounds(); round++) {
            for (int i = 0; i < ways.size(); i++) {
                progress.accept("%s: %s".formatted(scenario.name(), ways.get(i).name()));
                sums.get(i).add(saturate(scenario, ways.get(i)));
            }
        }
        double slowest = sums.stream().mapToDouble(Sums::perSecond).min().orElse(0);
        Sums reference = null;
        for (int i = 0; i < ways.size(); i++) {
            if (ways.get(i).name().equals(REFERENCE)) {
                reference = sums.get(i);
            }
        }
        List<TunnelRow> rows = new ArrayList<>();
        for (int i = 0; i < ways.size(); i++) {
            double rate = scenario.isPaced() ? Math.max(1, slowest / 2) : 0;
            LoadResult paced = rate == 0 ? null : paced(scenario, ways.get(i), rate, sums.get(i));
            rows.add(sums.get(i).row(scenario, ways.get(i).name(), reference, rate, paced));
        }
        return rows;
    }

    private Measured saturate(TunnelScenario scenario, Way way) {
        return way.pods
                .client()
                .run(scenario.plan(way.running, times.settleMillis(), 0, times.cellMillis()), way.watched());
    }

    private @Nullable LoadResult paced(TunnelScenario scenario, Way way, double rate, Sums sums) {
        progress.accept("%s: %s, %.0f a second".formatted(scenario.name(), way.name(), rate));
        LoadPlan plan = scenario.plan(way.running, times.settleMillis(), 0, times.cellMillis() * times.rounds())
                .atRate(rate);
        LoadResult load = way.pods.client().run(plan, List.of()).load();
        sums.note(load);
        return load;
    }
}

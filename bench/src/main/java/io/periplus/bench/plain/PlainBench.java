package io.periplus.bench.plain;

import io.periplus.bench.Times;
import io.periplus.bench.contender.Contender;
import io.periplus.bench.contender.Contender.Rules;
import io.periplus.bench.load.Generator.Measured;
import io.periplus.bench.load.LoadPlan;
import io.periplus.bench.load.WarmUp;
import io.periplus.bench.machine.ProcessUse;
import io.periplus.bench.plain.Site.Running;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs all proxies side by side, each in front of the same backend: for every scenario at saturation, taking turns, and
 * then in an open loop at the same rate for all.
 */
public final class PlainBench {
    private final Site site;
    private final Times times;
    private final Consumer<String> progress;

    public PlainBench(Site site, Times times, Consumer<String> progress) {
        this.site = site;
        this.times = times;
        this.progress = progress;
    }

    /** Measures; scenarios with the same rules share their processes. Those with policies are for proxies that judge some. */
    public List<PlainRow> run(List<Scenario> scenarios, List<Contender> contenders) {
        List<PlainRow> rows = new ArrayList<>();
        Map<Rules, List<Scenario>> byRules = new LinkedHashMap<>();
        scenarios.forEach(scenario -> byRules.computeIfAbsent(scenario.rules(), _ -> new ArrayList<>())
                .add(scenario));
        byRules.forEach((rules, group) -> rows.addAll(group(
                rules,
                group,
                contenders.stream()
                        .filter(contender -> rules.policies() == 0 || contender.judges())
                        .toList())));
        return rows;
    }

    private List<PlainRow> group(Rules rules, List<Scenario> scenarios, List<Contender> contenders) {
        List<Running> running = new ArrayList<>();
        List<PlainRow> rows = new ArrayList<>();
        try {
            for (Contender contender : contenders) {
                running.add(site.start(contender, rules, running.size()));
            }
            for (Scenario scenario : scenarios) {
                progress.accept(scenario.name());
                for (Running one : running) {
                    site.generator().run(site.plan(scenario, one, 0, times.warmUpRequests(), 1), List.of());
                    if (!times.isQuick()) {
                        WarmUp.awaitCompilers(
                                site.generator(),
                                millis -> site.plan(scenario, one, 0, 0, millis),
                                List.of(one.program()));
                    }
                }
                rows.addAll(measure(scenario, running));
            }
        } finally {
            running.forEach(one -> one.program().close());
        }
        return rows;
    }

    private List<PlainRow> measure(Scenario scenario, List<Running> running) {
        List<Sums> sums = running.stream().map(one -> new Sums()).toList();
        for (int round = 0; round < times.rounds(); round++) {
            for (int i = 0; i < running.size(); i++) {
                sums.get(i).add(saturate(scenario, running.get(i)));
            }
        }
        double slowest =
                sums.stream().mapToDouble(Sums::requestsPerSecond).min().orElse(0);
        double rate = Math.max(1, slowest / 2);
        Double nginx = null;
        for (int i = 0; i < running.size(); i++) {
            if (running.get(i).contender().name().equals("nginx")) {
                nginx = sums.get(i).perCore();
            }
        }
        List<PlainRow> rows = new ArrayList<>();
        for (int i = 0; i < running.size(); i++) {
            rows.add(row(scenario, running.get(i), sums.get(i), rate, nginx));
        }
        return rows;
    }

    private Measured saturate(Scenario scenario, Running one) {
        return site.generator()
                .run(
                        site.plan(scenario, one, times.settleMillis(), 0, times.cellMillis()),
                        List.of(one.program(), site.backend()));
    }

    private PlainRow row(Scenario scenario, Running one, Sums sums, double rate, @Nullable Double nginx) {
        LoadPlan open = site.plan(scenario, one, times.settleMillis(), 0, times.cellMillis() * times.rounds())
                .atRate(rate);
        Measured paced = site.generator().run(open, List.of());
        sums.note(paced.load());
        return new PlainRow(
                scenario.name(),
                one.contender().name(),
                sums.requestsPerSecond(),
                sums.cpuMicros(),
                nginx == null || nginx == 0 ? null : sums.perCore() / nginx,
                sums.proxyBusy(),
                sums.generatorBusy(),
                sums.backendBusy(),
                rate,
                paced.load().p50Micros(),
                paced.load().p99Micros(),
                paced.load().p999Micros(),
                ProcessUse.residentMiB(one.program().handle()),
                sums.errors(),
                sums.error());
    }
}

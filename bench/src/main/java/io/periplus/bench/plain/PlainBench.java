package io.periplus.bench.plain;

import io.periplus.bench.Times;
import io.periplus.bench.backend.BackendMain;
import io.periplus.bench.contender.Contender;
import io.periplus.bench.load.Generator;
import io.periplus.bench.load.Generator.Measured;
import io.periplus.bench.load.LoadPlan;
import io.periplus.bench.machine.Cores;
import io.periplus.bench.machine.Network;
import io.periplus.bench.machine.Probe;
import io.periplus.bench.machine.ProcessUse;
import io.periplus.bench.machine.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs all proxies side by side in one network namespace, each in front of the same backend: for every scenario at
 * saturation, taking turns, and then in an open loop at the same rate for all.
 */
public final class PlainBench implements AutoCloseable {
    private static final String AUTHORITY = "bench.example.com";
    private static final int BACKEND_PORT = 9000;
    private static final int FIRST_PORT = 8000;
    private static final int HTTP2_OFFSET = 500;
    private static final Duration READY = Duration.ofSeconds(30);

    private final Times times;
    private final Cores cores;
    private final Path directory;
    private final Consumer<String> progress;
    private final Network network = new Network();
    private final String namespace = network.add("plain");
    private final Program backend;
    private final Generator generator;

    /** A contender that runs. */
    private record Running(Contender contender, Program program, int port, int http2Port) {}

    public PlainBench(Times times, Cores cores, Path directory, Consumer<String> progress) {
        this.times = times;
        this.cores = cores;
        this.directory = directory;
        this.progress = progress;
        backend = Program.java(
                "backend",
                namespace,
                cores.backend(),
                directory,
                List.of("-Xms32m", "-Xmx64m"),
                BackendMain.class,
                Contender.ADDRESS,
                Integer.toString(BACKEND_PORT));
        backend.readLine();
        generator = Generator.start("generator", namespace, cores.generator(), directory);
    }

    /** Measures; scenarios with the same number of routes next to each other share their processes. */
    public List<PlainRow> run(List<Scenario> scenarios, List<Contender> contenders) {
        List<PlainRow> rows = new ArrayList<>();
        Map<Integer, List<Scenario>> byRoutes = new LinkedHashMap<>();
        scenarios.forEach(scenario -> byRoutes.computeIfAbsent(scenario.routes(), routes -> new ArrayList<>())
                .add(scenario));
        byRoutes.forEach((routes, group) -> rows.addAll(group(routes, group, contenders)));
        return rows;
    }

    private List<PlainRow> group(int routes, List<Scenario> scenarios, List<Contender> contenders) {
        List<Running> running = new ArrayList<>();
        List<PlainRow> rows = new ArrayList<>();
        try {
            for (Contender contender : contenders) {
                running.add(start(contender, routes, running.size()));
            }
            for (Scenario scenario : scenarios) {
                progress.accept(scenario.name());
                for (Running one : running) {
                    generator.run(plan(scenario, one, 0, times.warmUpRequests(), 1), List.of());
                }
                rows.addAll(measure(scenario, running));
            }
        } finally {
            running.forEach(one -> one.program.close());
        }
        return rows;
    }

    private Running start(Contender contender, int routes, int index) {
        int port = FIRST_PORT + index;
        int http2Port = port + HTTP2_OFFSET;
        Program program = contender.start(new Contender.Place(
                namespace,
                cores.proxy(),
                directory.resolve(contender.name() + "-" + routes),
                port,
                http2Port,
                BACKEND_PORT,
                AUTHORITY,
                routes));
        Running one = new Running(contender, program, port, http2Port);
        Probe.await(namespace, Contender.ADDRESS, port, AUTHORITY, routes == 0 ? "/" : "/r0/", program, READY);
        return one;
    }

    private LoadPlan plan(Scenario scenario, Running one, long warmUpMillis, long warmUpRequests, long measureMillis) {
        int port = switch (scenario.protocol()) {
            case HTTP1 -> one.port;
            case HTTP2 -> one.http2Port;
        };
        return scenario.plan(Contender.ADDRESS, port, AUTHORITY, warmUpMillis, warmUpRequests, measureMillis);
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
            if (running.get(i).contender.name().equals("nginx")) {
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
        return generator.run(
                plan(scenario, one, times.settleMillis(), 0, times.cellMillis()), List.of(one.program, backend));
    }

    private PlainRow row(Scenario scenario, Running one, Sums sums, double rate, @Nullable Double nginx) {
        LoadPlan open = plan(scenario, one, times.settleMillis(), 0, times.cellMillis() * times.rounds())
                .atRate(rate);
        Measured paced = generator.run(open, List.of());
        sums.note(paced.load());
        return new PlainRow(
                scenario.name(),
                one.contender.name(),
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
                ProcessUse.residentMiB(one.program.handle()),
                sums.errors(),
                sums.error());
    }

    @Override
    public void close() {
        generator.close();
        backend.close();
        network.close();
    }
}

package io.periplus.bench.plain;

import io.periplus.bench.backend.BackendMain;
import io.periplus.bench.contender.Contender;
import io.periplus.bench.contender.Contender.Rules;
import io.periplus.bench.load.Generator;
import io.periplus.bench.load.LoadPlan;
import io.periplus.bench.machine.Cores;
import io.periplus.bench.machine.Network;
import io.periplus.bench.machine.Probe;
import io.periplus.bench.machine.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A network namespace with a generator and a backend, and room for proxies between them. */
public final class Site implements AutoCloseable {
    private static final String AUTHORITY = "bench.example.com";
    private static final int BACKEND_PORT = 9000;
    private static final int FIRST_PORT = 8000;
    private static final int HTTP2_OFFSET = 500;
    private static final Duration READY = Duration.ofSeconds(60);

    private final Cores cores;
    private final Path directory;
    private final Network network = new Network();
    private final String namespace = network.add("plain");
    private final Program backend;
    private final Generator generator;

    /**
     * A contender that runs and has answered.
     *
     * @param firstAnswerMillis after its start
     * @param firstAnswerCpuSeconds what it used until then
     */
    public record Running(
            Contender contender,
            Program program,
            int port,
            int http2Port,
            long firstAnswerMillis,
            double firstAnswerCpuSeconds) {}

    public Site(Cores cores, Path directory) {
        this.cores = cores;
        this.directory = directory;
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

    public Generator generator() {
        return generator;
    }

    Program backend() {
        return backend;
    }

    /**
     * Starts a contender and waits for its first answer.
     *
     * @param index of those that run at the same time
     */
    public Running start(Contender contender, Rules rules, int index) {
        int port = FIRST_PORT + index;
        int http2Port = port + HTTP2_OFFSET;
        long begin = System.nanoTime();
        Program program = contender.start(new Contender.Place(
                namespace,
                cores.proxy(),
                directory.resolve(contender.name() + "-" + rules.routes() + "-" + rules.policies()),
                port,
                http2Port,
                BACKEND_PORT,
                AUTHORITY,
                rules));
        try {
            long answered = Probe.await(
                    namespace,
                    Contender.ADDRESS,
                    port,
                    AUTHORITY,
                    rules.routes() == 0 ? "/small" : "/r0/",
                    program,
                    READY);
            return new Running(
                    contender, program, port, http2Port, (answered - begin) / 1_000_000, program.cpuSeconds());
        } catch (RuntimeException e) {
            program.close();
            throw e;
        }
    }

    /** A scenario's load for a contender. */
    public LoadPlan plan(Scenario scenario, Running one, long warmUpMillis, long warmUpRequests, long measureMillis) {
        int port = switch (scenario.protocol()) {
            case HTTP1 -> one.port;
            case HTTP2 -> one.http2Port;
            case HTTP1_ONCE, SEND, RECEIVE ->
                throw new IllegalArgumentException(scenario.protocol() + " is for tunnels");
        };
        return scenario.plan(Contender.ADDRESS, port, AUTHORITY, warmUpMillis, warmUpRequests, measureMillis);
    }

    @Override
    public void close() {
        generator.close();
        backend.close();
        network.close();
    }
}

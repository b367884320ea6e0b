package io.periplus.bench.mesh;

import io.periplus.bench.Times;
import io.periplus.bench.backend.BackendMain;
import io.periplus.bench.contender.Periplus;
import io.periplus.bench.contender.Periplus.Role;
import io.periplus.bench.load.Generator;
import io.periplus.bench.load.Generator.Measured;
import io.periplus.bench.load.LoadPlan;
import io.periplus.bench.load.Protocol;
import io.periplus.bench.load.WarmUp;
import io.periplus.bench.machine.Cores;
import io.periplus.bench.machine.Program;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Client → ztunnel → waypoint → ztunnel → server, against the same without the waypoint and without the mesh. */
public final class MeshBench implements AutoCloseable {
    private static final int CONNECTIONS = 32;

    private final Times times;
    private final Path directory;
    private final Consumer<String> progress;
    private final String cores = Cores.all();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final PodNetwork network;
    private final Generator client;
    private final Generator plainClient;
    /** Client's ztunnel, waypoint, server's ztunnel, server, server without a mesh. */
    private final List<Program> watched;

    private final List<Program> proxies;

    public MeshBench(Times times, Path directory, Consumer<String> progress) {
        this.times = times;
        this.directory = directory;
        this.progress = progress;
        try {
            network = opened(new PodNetwork());
            String clientPod = network.addEnrolled("client", Topology.CLIENT);
            String serverPod = network.addEnrolled("server", Topology.SERVER);
            Program control = opened(java("control", network.add("control", Topology.CONTROL), ControlMain.class));
            control.readLine();
            Program waypoint = waypoint(network.add("waypoint", Topology.WAYPOINT));
            Program clientTunnel = ztunnel(
                    Topology.CLIENT_NODE_NAME, network.add("node-a", Topology.CLIENT_NODE), "client", clientPod);
            Program serverTunnel = ztunnel(
                    Topology.SERVER_NODE_NAME, network.add("node-b", Topology.SERVER_NODE), "server", serverPod);
            Program server = server("server", serverPod);
            Program plainServer = server("plain-server", network.add("plain-s", Topology.PLAIN_SERVER));
            watched = List.of(clientTunnel, waypoint, serverTunnel, server, plainServer);
            proxies = List.of(clientTunnel, waypoint, serverTunnel);
            client = opened(Generator.start("client", clientPod, cores, directory));
            plainClient = opened(
                    Generator.start("plain-client", network.add("plain-c", Topology.PLAIN_CLIENT), cores, directory));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.push(part);
        return part;
    }

    private Program java(String name, String namespace, Class<?> main, String... args) {
        return Program.java(name, namespace, cores, directory, List.of("-Xms32m", "-Xmx64m"), main, args);
    }

    private Program server(String name, String namespace) {
        Program program =
                opened(java(name, namespace, BackendMain.class, "0.0.0.0", Integer.toString(Topology.SERVER_PORT)));
        program.readLine();
        return program;
    }

    private Program waypoint(String namespace) {
        Map<String, String> env = ZtunnelNode.environment(Topology.SERVER_NODE_NAME, "waypoint", Topology.WAYPOINT);
        env.put("ISTIO_META_NODE_NAME", Topology.SERVER_NODE_NAME);
        env.put("GATEWAY_NAME", Topology.WAYPOINT_NAME);
        env.put("SERVICE_ACCOUNT", Topology.WAYPOINT_NAME);
        env.put("CA_ADDR", ZtunnelNode.control());
        Program program = opened(Periplus.start(Role.WAYPOINT, "waypoint", namespace, cores, directory, env));
        ZtunnelNode.awaitReady(namespace, program);
        return program;
    }

    private Program ztunnel(String node, String namespace, String pod, String podNamespace) {
        return opened(ZtunnelNode.start(
                        (name, place, on, log, env) -> Periplus.start(Role.ZTUNNEL, name, place, on, log, env),
                        node,
                        namespace,
                        directory,
                        Map.of(pod, podNamespace)))
                .program();
    }

    /** All three ways, taking turns at saturation. */
    public List<MeshRow> run() {
        List<Way> ways = List.of(
                new Way("no mesh", plainClient, Topology.PLAIN_SERVER, Topology.SERVER_PORT, true),
                new Way("ztunnel - ztunnel", client, Topology.DIRECT_VIP, Topology.SERVICE_PORT, false),
                new Way("ztunnel - waypoint - ztunnel", client, Topology.ROUTED_VIP, Topology.SERVICE_PORT, false));
        for (Way way : ways) {
            progress.accept("mesh: warming up " + way.name);
            way.generator.run(way.plan(0, times.warmUpRequests(), 1), List.of());
            if (!times.isQuick()) {
                WarmUp.awaitCompilers(way.generator, millis -> way.plan(0, 0, millis), way.plain ? List.of() : proxies);
            }
        }
        List<List<Measured>> rounds = new ArrayList<>();
        ways.forEach(way -> rounds.add(new ArrayList<>()));
        for (int round = 0; round < times.rounds(); round++) {
            for (int i = 0; i < ways.size(); i++) {
                progress.accept("mesh: " + ways.get(i).name);
                rounds.get(i)
                        .add(ways.get(i)
                                .generator
                                .run(ways.get(i).plan(times.settleMillis(), 0, times.cellMillis()), watched));
            }
        }
        double slowest = Double.MAX_VALUE;
        for (List<Measured> measured : rounds) {
            slowest = Math.min(slowest, completed(measured) / seconds(measured));
        }
        List<MeshRow> rows = new ArrayList<>();
        for (int i = 0; i < ways.size(); i++) {
            Way way = ways.get(i);
            double rate = Math.max(1, slowest / 2);
            LoadPlan paced = way.plan(times.settleMillis(), 0, times.cellMillis() * times.rounds())
                    .atRate(rate);
            rows.add(row(way, rounds.get(i), rate, way.generator.run(paced, List.of())));
        }
        return rows;
    }

    private record Way(String name, Generator generator, String address, int port, boolean plain) {
        LoadPlan plan(long warmUpMillis, long warmUpRequests, long measureMillis) {
            return LoadPlan.small(
                    address, port, Protocol.HTTP1, CONNECTIONS, warmUpMillis, warmUpRequests, measureMillis);
        }
    }

    private static double completed(List<Measured> rounds) {
        return Math.max(
                1, rounds.stream().mapToLong(round -> round.load().completed()).sum());
    }

    private static double seconds(List<Measured> rounds) {
        return rounds.stream().mapToDouble(round -> round.load().seconds()).sum();
    }

    private static MeshRow row(Way way, List<Measured> rounds, double rate, Measured paced) {
        double completed = completed(rounds);
        double[] micros = new double[5];
        double clientMicros = 0;
        long errors = paced.load().errors();
        String error = paced.load().error();
        for (Measured round : rounds) {
            for (int i = 0; i < micros.length; i++) {
                micros[i] += round.cpuSeconds().get(i) / completed * 1e6;
            }
            clientMicros += round.load().generatorCpuSeconds() / completed * 1e6;
            errors += round.load().errors();
            error = error == null ? round.load().error() : error;
        }
        return new MeshRow(
                way.name,
                completed / seconds(rounds),
                clientMicros,
                micros[0],
                micros[1],
                micros[2],
                way.plain ? micros[4] : micros[3],
                micros[0] + micros[1] + micros[2],
                rate,
                paced.load().p50Micros(),
                paced.load().p99Micros(),
                paced.load().p999Micros(),
                errors,
                error);
    }

    /** Ends what was begun, last first. */
    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                progress.accept("not closed: " + e);
            }
        }
    }
}

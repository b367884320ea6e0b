package io.periplus.bench.tunnel;

import io.periplus.bench.load.Generator.Measured;
import io.periplus.bench.load.LoadPlan;
import io.periplus.bench.load.Protocol;
import io.periplus.bench.machine.BenchException;
import io.periplus.bench.machine.ProcessUse;
import io.periplus.bench.machine.Program;
import io.periplus.bench.mesh.Topology;
import io.periplus.bench.mesh.TunnelTopology;
import io.periplus.bench.mesh.TunnelTopology.Extra;
import io.periplus.bench.mesh.ZtunnelNode;
import io.periplus.bench.tunnel.Contender.Running;
import io.periplus.bench.tunnel.MemoryRow.Size;
import io.periplus.bench.tunnel.TunnelSite.Pods;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What proxies keep in memory: with nothing to do, with many pods, with many open connections. Each in fresh processes. */
final class MemoryBench {
    private static final int CONNECTIONS = 10_000;
    private static final int CONNECTIONS_QUICK = 200;
    private static final int SPARE = 100;
    private static final int PODS_QUICK = 3;
    /** Every connection carries a request, some two, and is quiet then. */
    private static final double ROUNDS = 1.2;

    private static final long SETTLE_NANOS = 12_000_000_000L;
    private static final long SETTLE_NANOS_QUICK = 100_000_000L;
    private static final double REQUESTS_PER_SECOND = 1_000;

    private final TunnelSite site;
    private final boolean quick;
    private final Consumer<String> progress;
    private final Map<String, String> manyPods = new LinkedHashMap<>();
    private String nodePlace = "";

    MemoryBench(TunnelSite site, boolean quick, Consumer<String> progress) {
        this.site = site;
        this.quick = quick;
        this.progress = progress;
    }

    List<MemoryRow> run(List<Pods> contenders) {
        List<MemoryRow> rows = new ArrayList<>();
        for (Pods pods : contenders) {
            if (!(pods.contender() instanceof NoMesh)) {
                rows.add(row(pods));
            }
        }
        return rows;
    }

    private MemoryRow row(Pods pods) {
        progress.accept("memory: " + pods.contender().name());
        try (Running running = pods.contender().start(pods.place())) {
            settle();
            Program client = running.proxies().getFirst();
            Program server = running.proxies().get(1);
            Size idle = size(client);
            Size idleServer = size(server);
            int connections = Math.min(quick ? CONNECTIONS_QUICK : CONNECTIONS, HaProxyPair.connectionsMax() - SPARE);
            Measured held = pods.client().run(hold(running, connections), List.of(client, server));
            Size busy = new Size(held.residentMiB().getFirst(), held.ownMiB().getFirst());
            Size busyServer = new Size(held.residentMiB().get(1), held.ownMiB().get(1));
            return new MemoryRow(
                    pods.contender().name(),
                    idle,
                    manyPods().size(),
                    pods.contender() instanceof ZtunnelPair pair ? full(pair) : null,
                    connections,
                    busy,
                    busyServer,
                    kibPerConnection(idle, busy, connections),
                    kibPerConnection(idleServer, busyServer, connections),
                    held.load().errors(),
                    held.load().error());
        } catch (BenchException e) {
            throw e;
        } catch (Exception e) {
            throw new BenchException("cannot end what was started: " + e.getMessage(), e);
        }
    }

    private static double kibPerConnection(Size before, Size after, int connections) {
        return (after.residentMiB() - before.residentMiB()) * 1024 / connections;
    }

    /** So many connections with a request each, and then nothing but a few. */
    private LoadPlan hold(Running running, int connections) {
        double rate = quick ? connections * 10 : REQUESTS_PER_SECOND;
        return LoadPlan.small(
                        running.host(),
                        running.port(),
                        Protocol.HTTP1,
                        connections,
                        Math.round(ROUNDS * connections / rate * 1000),
                        0,
                        quick ? 100 : 1_000)
                .atRate(rate);
    }

    private @Nullable Size full(ZtunnelPair pair) {
        progress.accept(
                "memory: %s with %d pods".formatted(pair.name(), manyPods().size()));
        String node = TunnelTopology.FULL_NODE;
        try (ZtunnelNode ztunnel = ZtunnelNode.start(pair.launcher(), node, nodePlace, site.directory(), manyPods())) {
            settle();
            return size(ztunnel.program());
        }
    }

    private Map<String, String> manyPods() {
        if (manyPods.isEmpty()) {
            nodePlace = site.network().add("full", Topology.SUBNET + "10");
            List<Extra> extras = TunnelTopology.extras();
            for (Extra extra : quick ? extras.subList(0, PODS_QUICK) : extras) {
                manyPods.put(extra.name(), site.network().addEnrolled(extra.name(), extra.address()));
            }
        }
        return manyPods;
    }

    private void settle() {
        long end = System.nanoTime() + (quick ? SETTLE_NANOS_QUICK : SETTLE_NANOS);
        long left;
        while ((left = end - System.nanoTime()) > 0) {
            LockSupport.parkNanos(left);
        }
    }

    private static Size size(Program program) {
        return new Size(ProcessUse.residentMiB(program.handle()), ProcessUse.ownMiB(program.handle()));
    }
}

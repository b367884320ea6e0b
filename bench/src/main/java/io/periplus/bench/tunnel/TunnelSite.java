package io.periplus.bench.tunnel;

import io.periplus.bench.backend.BackendMain;
import io.periplus.bench.load.Generator;
import io.periplus.bench.machine.Cores;
import io.periplus.bench.machine.Program;
import io.periplus.bench.mesh.ControlMain;
import io.periplus.bench.mesh.PodNetwork;
import io.periplus.bench.mesh.Topology;
import io.periplus.bench.mesh.TunnelTopology.Slot;
import io.periplus.bench.tunnel.Contender.Place;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The network of a run, its control plane, and the pods of every contender. */
final class TunnelSite implements AutoCloseable {
    private final Path directory;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final PodNetwork network;
    private int slots;

    TunnelSite(Path directory) {
        this.directory = directory;
        try {
            network = opened(new PodNetwork());
            Program control = opened(
                    java("control", network.add("control", Topology.CONTROL), ControlMain.class, ControlMain.TUNNELS));
            control.readLine();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** A contender's pods with client and server, and where its proxies go. */
    record Pods(Contender contender, Generator client, Program server, Place place) {}

    /** Makes them; they stay until the site is closed. */
    Pods pods(Contender contender) {
        Slot slot = new Slot(slots++);
        String serverPod = contender.addPod(network, slot.server(), slot.serverAddress());
        String clientPod = contender.addPod(network, slot.client(), slot.clientAddress());
        Program server = opened(
                java(slot.server(), serverPod, BackendMain.class, "0.0.0.0", Integer.toString(Topology.SERVER_PORT)));
        server.readLine();
        Place place = new Place(
                slot,
                clientPod,
                serverPod,
                network.add(slot.clientNode(), slot.clientNodeAddress()),
                network.add(slot.serverNode(), slot.serverNodeAddress()),
                directory);
        return new Pods(
                contender, opened(Generator.start(slot.client(), clientPod, Cores.all(), directory)), server, place);
    }

    PodNetwork network() {
        return network;
    }

    Path directory() {
        return directory;
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.push(part);
        return part;
    }

    private Program java(String name, String namespace, Class<?> main, String... args) {
        return Program.java(name, namespace, Cores.all(), directory, List.of("-Xms32m", "-Xmx64m"), main, args);
    }

    /** Ends what was begun, last first. */
    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                System.err.println("bench: not closed: " + e);
            }
        }
    }
}

package io.periplus.bench.tunnel;

import io.periplus.bench.machine.Program;
import io.periplus.bench.mesh.PodNetwork;
import io.periplus.bench.mesh.TunnelTopology.Slot;
import java.nio.file.Path;
import java.util.List;

/** A way from a client pod to a server pod. */
interface Contender {
    /** As the table shows it. */
    String name();

    /** What is installed, in words. */
    String version();

    /** Makes a pod; those of a mesh are redirected. Returns its network namespace. */
    String addPod(PodNetwork network, String name, String address);

    /** Starts what is between the pods, ready for use. */
    Running start(Place place);

    /**
     * Where and for what.
     *
     * @param clientPod network namespaces
     */
    record Place(Slot slot, String clientPod, String serverPod, String clientNode, String serverNode, Path directory) {}

    /**
     * What was started.
     *
     * @param host where the client finds the server
     * @param proxies the client's and the server's; empty without a mesh
     */
    record Running(String host, int port, List<Program> proxies, List<AutoCloseable> parts) implements AutoCloseable {
        @Override
        public void close() throws Exception {
            for (AutoCloseable part : parts.reversed()) {
                part.close();
            }
        }
    }
}

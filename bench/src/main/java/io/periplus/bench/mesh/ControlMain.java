package io.periplus.bench.mesh;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.periplus.bench.backend.BackendMain;
import java.io.IOException;
import java.util.List;

/**
 * The control plane's process: discovery and certificates in clear text on {@link Topology#CONTROL_PORT}. Ends with its input. The
 * argument {@value #TUNNELS} asks for the addresses of {@link TunnelTopology}.
 */
public final class ControlMain {
    public static final String TUNNELS = "tunnels";

    private ControlMain() {}

    public static void main(String[] args) throws IOException {
        Server server = NettyServerBuilder.forPort(Topology.CONTROL_PORT)
                .addService(new StaticDiscovery(
                        List.of(args).contains(TUNNELS) ? TunnelTopology.addresses() : Topology.addresses()))
                .addService(new SigningService())
                .build()
                .start();
        System.out.println(BackendMain.READY);
        while (System.in.read() >= 0) {
            // Until whoever started this has gone.
        }
        server.shutdownNow();
    }
}

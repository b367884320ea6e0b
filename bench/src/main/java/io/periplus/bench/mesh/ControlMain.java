package io.periplus.bench.mesh;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.periplus.bench.backend.BackendMain;
import java.io.IOException;

/** The control plane's process: discovery and certificates in clear text on {@link Topology#CONTROL_PORT}. Ends with its input. */
public final class ControlMain {
    private ControlMain() {}

    public static void main(String[] args) throws IOException {
        Server server = NettyServerBuilder.forPort(Topology.CONTROL_PORT)
                .addService(new StaticDiscovery(Topology.addresses()))
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

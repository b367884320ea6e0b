package io.periplus.bench.tunnel;

import io.periplus.bench.mesh.PodNetwork;
import io.periplus.bench.mesh.Topology;
import io.periplus.bench.mesh.ZtunnelNode;
import java.util.List;
import java.util.Map;

/** A ztunnel process on each of two nodes, as shipped. */
record ZtunnelPair(String name, String version, ZtunnelNode.Launcher launcher) implements Contender {
    @Override
    public String addPod(PodNetwork network, String name, String address) {
        return network.addEnrolled(name, address);
    }

    @Override
    public Running start(Place place) {
        ZtunnelNode client = ZtunnelNode.start(
                launcher,
                place.slot().clientNode(),
                place.clientNode(),
                place.directory(),
                Map.of(place.slot().client(), place.clientPod()));
        try {
            ZtunnelNode server = ZtunnelNode.start(
                    launcher,
                    place.slot().serverNode(),
                    place.serverNode(),
                    place.directory(),
                    Map.of(place.slot().server(), place.serverPod()));
            return new Running(
                    place.slot().serviceAddress(),
                    Topology.SERVICE_PORT,
                    List.of(client.program(), server.program()),
                    List.of(client, server));
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }
}

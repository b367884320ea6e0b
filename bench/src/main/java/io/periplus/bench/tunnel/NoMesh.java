package io.periplus.bench.tunnel;

import io.periplus.bench.mesh.PodNetwork;
import io.periplus.bench.mesh.Topology;
import java.util.List;

/** Nothing in between. */
record NoMesh() implements Contender {
    @Override
    public String name() {
        return "no mesh";
    }

    @Override
    public String version() {
        return "-";
    }

    @Override
    public String addPod(PodNetwork network, String name, String address) {
        return network.add(name, address);
    }

    @Override
    public Running start(Place place) {
        return new Running(place.slot().serverAddress(), Topology.SERVER_PORT, List.of(), List.of());
    }
}

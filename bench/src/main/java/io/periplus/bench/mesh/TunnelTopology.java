package io.periplus.bench.mesh;

import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.TunnelProtocol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who is where when tunnels are compared: every contender has a client and a server on nodes of its own, and there is a node
 * with many pods.
 */
public final class TunnelTopology {
    /** Contenders at most. */
    public static final int SLOTS = 8;

    /** Pods of the full node. */
    public static final int MANY = 100;

    public static final String FULL_NODE = "node-full";
    private static final String PODS = "10.77.1.";

    private TunnelTopology() {}

    /**
     * Where one contender is.
     *
     * @param client name of its client; the same for the others
     */
    public record Slot(int number) {
        public String client() {
            return "client-" + number;
        }

        public String server() {
            return "server-" + number;
        }

        public String clientNode() {
            return "node-a-" + number;
        }

        public String serverNode() {
            return "node-b-" + number;
        }

        /** Addresses: of the client. */
        public String clientAddress() {
            return address(1);
        }

        public String serverAddress() {
            return address(2);
        }

        public String clientNodeAddress() {
            return address(3);
        }

        public String serverNodeAddress() {
            return address(4);
        }

        /** Of the service whose only endpoint is the server. */
        public String serviceAddress() {
            return "10.78.1." + (number + 1);
        }

        private String address(int last) {
            return Topology.SUBNET + (20 + 10 * number + last);
        }
    }

    /** A pod of the full node. */
    public record Extra(String name, String address) {}

    /** All pods of the full node. */
    public static List<Extra> extras() {
        List<Extra> all = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            all.add(new Extra("extra-" + i, PODS + (i + 1)));
        }
        return all;
    }

    static Map<String, Address> addresses() {
        Map<String, Address> all = new LinkedHashMap<>();
        for (int i = 0; i < SLOTS; i++) {
            Slot slot = new Slot(i);
            String service = "service-" + i;
            Topology.put(all, Topology.service(service, slot.serviceAddress()).build());
            Topology.put(
                    all,
                    Topology.workload(slot.client(), slot.clientAddress(), slot.clientNode(), TunnelProtocol.HBONE)
                            .build());
            Topology.put(
                    all,
                    Topology.workload(slot.server(), slot.serverAddress(), slot.serverNode(), TunnelProtocol.HBONE)
                            .putServices(
                                    Topology.key(service), Topology.ports(Topology.SERVICE_PORT, Topology.SERVER_PORT))
                            .build());
        }
        for (Extra extra : extras()) {
            Topology.put(
                    all,
                    Topology.workload(extra.name(), extra.address(), FULL_NODE, TunnelProtocol.HBONE)
                            .build());
        }
        return all;
    }
}

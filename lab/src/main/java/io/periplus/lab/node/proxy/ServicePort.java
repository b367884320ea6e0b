package io.periplus.lab.node.proxy;

import java.util.List;

/**
 * One port of a service, ready to be translated.
 *
 * @param name for people: {@code namespace/service:port}
 * @param addresses IPv4 addresses of the service: those inside the cluster, or those for clients outside
 * @param protocol {@code tcp} or {@code udp}
 * @param nodePort 0 for none
 * @param sticky whether a client stays with its endpoint (session affinity)
 * @param endpoints {@code address . port} pairs, in order
 * @param forOwnPods those that pods of this node are led to; more than {@code endpoints} where clients outside are kept to
 *     the node they come by
 */
record ServicePort(
        String name,
        List<String> addresses,
        String protocol,
        int port,
        int nodePort,
        boolean sticky,
        List<Endpoint> endpoints,
        List<Endpoint> forOwnPods) {

    record Endpoint(String address, int port) {
        @Override
        public String toString() {
            return address + " . " + port;
        }
    }
}

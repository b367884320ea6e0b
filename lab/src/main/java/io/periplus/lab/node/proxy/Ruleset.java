package io.periplus.lab.node.proxy;

import io.periplus.lab.node.NodeConfig;
import io.periplus.lab.node.net.NodeNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes the nftables table of a node. One map leads from address, protocol and port to the chain of a service's port, which
 * picks an endpoint; what is still addressed to a service afterwards has no endpoint (or no service) and is rejected.
 */
final class Ruleset {
    static final String TABLE = "ip periplus-services";

    private Ruleset() {}

    /** A script for {@code nft -f -} that replaces the table in one transaction. */
    static String render(NodeConfig node, List<ServicePort> ports) {
        StringBuilder chains = new StringBuilder();
        TreeMap<String, String> services = new TreeMap<>();
        TreeMap<String, String> nodePorts = new TreeMap<>();
        TreeSet<String> hairpins = new TreeSet<>();
        int number = 0;
        for (ServicePort port : ports) {
            if (port.endpoints().isEmpty() && port.forOwnPods().isEmpty()) {
                continue;
            }
            String chain = "port-" + number++;
            chains.append(chain(chain, port, node));
            for (String address : port.addresses()) {
                services.put(address + " . " + port.protocol() + " . " + port.port(), chain);
            }
            if (port.nodePort() > 0) {
                nodePorts.put(port.protocol() + " . " + port.nodePort(), chain);
            }
            port.forOwnPods().forEach(endpoint -> hairpins.add(endpoint.address() + " . " + endpoint.address()));
        }
        return """
                table %1$s
                delete table %1$s
                table %1$s {
                    map services {
                        type ipv4_addr . inet_proto . inet_service : verdict
                        %2$s
                    }
                    map node-ports {
                        type inet_proto . inet_service : verdict
                        %3$s
                    }
                    set hairpins {
                        type ipv4_addr . ipv4_addr
                        %4$s
                    }
                %5$s
                    chain translate {
                        ip daddr . meta l4proto . th dport vmap @services
                        ip daddr %6$s meta l4proto . th dport vmap @node-ports
                    }
                    chain prerouting {
                        type nat hook prerouting priority dstnat;
                        jump translate
                    }
                    chain output {
                        type nat hook output priority -100;
                        jump translate
                    }
                    chain postrouting {
                        type nat hook postrouting priority srcnat;
                        ip saddr . ip daddr @hairpins masquerade
                        # A node port that leads on to another node: the answer has to come back this way.
                        iifname "%10$s" oifname "%10$s" ct status dnat masquerade
                    }
                    chain unserved {
                        ip daddr != %7$s ip daddr { %8$s, %9$s } reject
                    }
                    chain arriving {
                        type filter hook prerouting priority -90;
                        ip daddr %9$s meta l4proto tcp reject with tcp reset
                        ip daddr %9$s reject
                    }
                    chain forwarded {
                        type filter hook forward priority filter;
                        jump unserved
                    }
                    chain sent {
                        type filter hook output priority filter;
                        jump unserved
                    }
                }
                """.formatted(
                        TABLE,
                        verdicts(services),
                        verdicts(nodePorts),
                        hairpins.isEmpty() ? "" : "elements = { " + String.join(", ", hairpins) + " }",
                        chains,
                        node.address(),
                        node.dnsAddress(),
                        node.serviceCidr(),
                        node.loadBalancerCidr(),
                        NodeNetwork.UPLINK);
    }

    private static String chain(String name, ServicePort port, NodeConfig node) {
        StringBuilder rules = new StringBuilder();
        if (!port.forOwnPods().equals(port.endpoints())) {
            rules.append(rule("ip saddr " + node.podCidr() + " ", port, port.forOwnPods()));
        }
        rules.append(rule("", port, port.endpoints()));
        return "    chain " + name + " {\n" + rules + "    }\n";
    }

    /** Chooses one of the endpoints; no rule without any. */
    private static String rule(String condition, ServicePort port, List<ServicePort.Endpoint> endpoints) {
        if (endpoints.isEmpty()) {
            return "";
        }
        List<String> choices = new ArrayList<>();
        for (ServicePort.Endpoint endpoint : endpoints) {
            choices.add(choices.size() + " : " + endpoint);
        }
        String dice = port.sticky() ? "jhash ip saddr mod " : "numgen random mod ";
        return "        %smeta l4proto %s dnat to %s%d map { %s } comment \"%s\"\n"
                .formatted(condition, port.protocol(), dice, choices.size(), String.join(", ", choices), port.name());
    }

    private static String verdicts(TreeMap<String, String> map) {
        if (map.isEmpty()) {
            return "";
        }
        return "elements = { "
                + String.join(
                        ", ",
                        map.entrySet().stream()
                                .map(entry -> entry.getKey() + " : goto " + entry.getValue())
                                .toList())
                + " }";
    }
}

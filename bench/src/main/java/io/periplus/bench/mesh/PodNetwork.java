package io.periplus.bench.mesh;

import io.periplus.bench.machine.Commands;
import io.periplus.bench.machine.Network;

/** Namespaces on a bridge that has one of its own. Enrolled ones get the redirection rules of an ambient mesh. */
public final class PodNetwork implements AutoCloseable {
    private static final String RULES = """
            table ip periplus {
              chain mangle-prerouting {
                type filter hook prerouting priority mangle;
                meta mark & 0xfff == 0x539 ct mark set ct mark & 0xfffff000 | 0x111
              }
              chain mangle-output {
                type route hook output priority mangle;
                ct mark & 0xfff == 0x111 meta mark set ct mark
              }
              chain nat-prerouting {
                type nat hook prerouting priority dstnat;
                meta l4proto tcp ip daddr != 127.0.0.1 tcp dport != 15008 meta mark & 0xfff != 0x539 redirect to :15006
              }
              chain nat-output {
                type nat hook output priority -100;
                meta l4proto tcp meta mark & 0xfff == 0x111 accept
                %s
                oifname "lo" ip daddr != 127.0.0.1 accept
                meta l4proto tcp ip daddr != 127.0.0.1 meta mark & 0xfff != 0x539 redirect to :15001
              }
            }
            """;

    private static final String PORTS =
            "cd /proc/sys/net/ipv4 && echo 1 > tcp_tw_reuse && echo 1024 65535 > ip_local_port_range";

    private final Network network = new Network();
    private final String bridge;

    public PodNetwork() {
        bridge = network.add("br");
        Commands.run("ip", "-n", bridge, "link", "add", "br0", "type", "bridge");
        Commands.run("ip", "-n", bridge, "link", "set", "br0", "up");
    }

    /** A place with an address; returns the namespace's name. */
    public String add(String name, String address) {
        String namespace = network.add(name);
        Commands.run(
                "ip", "-n", bridge, "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", namespace);
        Commands.run("ip", "-n", bridge, "link", "set", name, "master", "br0", "up");
        Commands.run("ip", "-n", namespace, "address", "add", address + "/16", "dev", "eth0");
        Commands.run("ip", "-n", namespace, "link", "set", "eth0", "up");
        // Thousands of connections a second from one address: their ports are free again after a second, not a minute.
        Commands.run("ip", "netns", "exec", namespace, "sh", "-c", PORTS);
        Commands.run("ip", "-n", namespace, "route", "add", "default", "via", Topology.SUBNET + "1");
        return namespace;
    }

    /** A place whose traffic is redirected to its node's ztunnel. */
    public String addEnrolled(String name, String address) {
        return addRedirected(name, address, "");
    }

    /** The same for a proxy that cannot mark its connections: what goes to the tunnels' port is its own. */
    public String addProxied(String name, String address) {
        return addRedirected(name, address, "tcp dport 15008 accept");
    }

    private String addRedirected(String name, String address, String exemption) {
        String namespace = add(name, address);
        Commands.run("ip", "-n", namespace, "rule", "add", "fwmark", "0x111/0xfff", "pref", "32764", "lookup", "100");
        Commands.run("ip", "-n", namespace, "route", "add", "local", "0.0.0.0/0", "dev", "lo", "table", "100");
        Commands.feed(RULES.formatted(exemption), "ip", "netns", "exec", namespace, "nft", "-f", "-");
        return namespace;
    }

    @Override
    public void close() {
        network.close();
    }
}

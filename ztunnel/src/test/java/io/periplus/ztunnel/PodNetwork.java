package io.periplus.ztunnel;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pod namespaces on a bridge in a namespace of its own: nothing of it touches the host's network. Enrolled pods get the
 * redirection rules of an ambient mesh.
 */
final class PodNetwork implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final String SUBNET = "10.77.0.";

    private static final String SUBNET6 = "fd77::";

    private static final String RULES = """
            table inet periplus {
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
                ip daddr 127.0.0.1 return
                ip6 daddr ::1 return
                tcp dport != 15008 meta mark & 0xfff != 0x539 redirect to :15006
              }
              chain nat-output {
                type nat hook output priority -100;
                oifname != "lo" udp dport 53 meta mark & 0xfff != 0x539 redirect to :15053
                meta l4proto tcp meta mark & 0xfff == 0x111 accept
                ip daddr 127.0.0.1 return
                ip6 daddr ::1 return
                tcp dport 53 meta mark & 0xfff != 0x539 redirect to :15053
                oifname "lo" accept
                meta l4proto tcp meta mark & 0xfff != 0x539 redirect to :15001
              }
              chain raw-output {
                type filter hook output priority raw;
                udp dport 53 meta mark & 0xfff == 0x539 ct zone set 1
              }
              chain raw-prerouting {
                type filter hook prerouting priority raw;
                udp sport 53 meta mark & 0xfff != 0x539 ct zone set 1
              }
            }
            """;

    private final String prefix = "zt-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet() + "-";
    private final List<String> namespaces = new ArrayList<>();
    private final List<NetworkNamespace> handles = new ArrayList<>();
    private int pods;

    PodNetwork() {
        String bridge = add("br");
        run("ip", "-n", bridge, "link", "add", "br0", "type", "bridge");
        run("ip", "-n", bridge, "link", "set", "br0", "up");
    }

    /** A pod: its namespace, with an address on the bridge. */
    PodHost pod(String name, boolean enrolled) throws IOException {
        String namespace = add(name);
        String address = SUBNET + (10 + ++pods);
        run("ip", "-n", prefix + "br", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", namespace);
        run("ip", "-n", prefix + "br", "link", "set", name, "master", "br0", "up");
        run("ip", "-n", namespace, "address", "add", address + "/24", "dev", "eth0");
        String address6 = SUBNET6 + (10 + pods);
        run("ip", "-n", namespace, "address", "add", address6 + "/64", "dev", "eth0", "nodad");
        run("ip", "-n", namespace, "link", "set", "eth0", "up");
        run("ip", "-n", namespace, "link", "set", "lo", "up");
        run("ip", "-n", namespace, "route", "add", "default", "via", SUBNET + "1");
        run("ip", "-n", namespace, "route", "add", "default", "via", SUBNET6 + "1", "dev", "eth0");
        if (enrolled) {
            run("ip", "-n", namespace, "rule", "add", "fwmark", "0x111/0xfff", "pref", "32764", "lookup", "100");
            run("ip", "-n", namespace, "route", "add", "local", "0.0.0.0/0", "dev", "lo", "table", "100");
            run("ip", "-6", "-n", namespace, "rule", "add", "fwmark", "0x111/0xfff", "pref", "32764", "lookup", "100");
            run("ip", "-6", "-n", namespace, "route", "add", "local", "::/0", "dev", "lo", "table", "100");
            feed(RULES, "ip", "netns", "exec", namespace, "nft", "-f", "-");
            feed("1", "ip", "netns", "exec", namespace, "tee", "/proc/sys/net/ipv4/tcp_migrate_req");
        }
        NetworkNamespace handle = NetworkNamespace.open(Path.of("/run/netns", namespace));
        handles.add(handle);
        return new PodHost(name, address, address6, handle);
    }

    /** Drops every packet from and to a pod, as a cut cable would, until {@link #heal}. */
    void cut(PodHost pod) {
        feed("""
                table netdev cut {
                  chain out { type filter hook egress device "eth0" priority 0; drop; }
                  chain in { type filter hook ingress device "eth0" priority 0; drop; }
                }
                """, "ip", "netns", "exec", prefix + pod.name(), "nft", "-f", "-");
    }

    void heal(PodHost pod) {
        run("ip", "netns", "exec", prefix + pod.name(), "nft", "delete", "table", "netdev", "cut");
    }

    /** Its namespace, as {@code ip netns} knows it. */
    String nameOf(PodHost pod) {
        return prefix + pod.name();
    }

    private String add(String name) {
        String namespace = prefix + name;
        run("ip", "netns", "add", namespace);
        namespaces.add(namespace);
        return namespace;
    }

    private static void run(String... command) {
        feed("", command);
    }

    private static void feed(String input, String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("%s: %s".formatted(String.join(" ", command), output));
            }
        } catch (IOException e) {
            throw new IllegalStateException(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        for (NetworkNamespace handle : handles) {
            try {
                handle.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
        namespaces.forEach(namespace -> run("ip", "netns", "delete", namespace));
    }
}

package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rules in the node's own network namespace that give the kubelet's probes of enrolled pods a source address by which the
 * pods' rules know them. The kubelet's packets come from a local socket of root; what kube-proxy forwards comes from none.
 *
 * <p>The rules and the pods' addresses stay when the agent ends, and those that it finds at its start stay until it knows
 * better: a pod whose probes were suddenly judged by policy would be restarted by the kubelet.
 *
 * <p>An address belongs to the pod that was given it last. What is heard of its previous holder does not touch it.
 */
final class ProbeExemption {
    private static final String SET = "inet istio-ambient-host istio-inpod-probes-v";

    private final @Nullable NetworkNamespace node;
    private final ProbeAddresses probes;
    /** Pods start on threads of their own. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<InetAddress, String> owners = new HashMap<>();

    /** @param node the node's namespace; null if the agent runs in it */
    ProbeExemption(@Nullable NetworkNamespace node, ProbeAddresses probes) {
        this.node = node;
        this.probes = probes;
    }

    /** Writes the rules; addresses that are exempt already remain so. */
    void install() throws IOException {
        nft("""
                table inet istio-ambient-host {
                  set istio-inpod-probes-v4 { type ipv4_addr; }
                  set istio-inpod-probes-v6 { type ipv6_addr; }
                  chain istio-postrouting { }
                  chain postrouting { type nat hook postrouting priority 99; policy accept; }
                }
                flush chain inet istio-ambient-host postrouting
                flush chain inet istio-ambient-host istio-postrouting
                table inet istio-ambient-host {
                  chain istio-postrouting {
                    meta skuid 0 meta l4proto tcp ip daddr @istio-inpod-probes-v4 counter snat ip to %s
                    meta skuid 0 meta l4proto tcp ip6 daddr @istio-inpod-probes-v6 counter snat ip6 to %s
                  }
                  chain postrouting { jump istio-postrouting; }
                }
                """.formatted(probes.ipv4(), probes.ipv6()));
    }

    /** These addresses are the pod's from now on. */
    void add(String uid, Collection<InetAddress> addresses) throws IOException {
        lock.lock();
        try {
            addresses.forEach(address -> owners.put(address, uid));
            nft(elements("add", addresses));
        } finally {
            lock.unlock();
        }
    }

    /** The pod has no address any more. */
    void remove(String uid) throws IOException {
        lock.lock();
        try {
            List<InetAddress> own = owners.keySet().stream()
                    .filter(address -> uid.equals(owners.get(address)))
                    .toList();
            // A delete of what is not there is an error; an add of what is there is none.
            nft(elements("add", own) + elements("delete", own));
            own.forEach(owners::remove);
        } finally {
            lock.unlock();
        }
    }

    /** Ends the exemption of whatever is left from earlier agents and belongs neither to a pod known here nor to these. */
    void retain(Collection<InetAddress> addresses) throws IOException {
        lock.lock();
        try {
            List<InetAddress> all = Stream.concat(owners.keySet().stream(), addresses.stream())
                    .distinct()
                    .toList();
            nft("flush set " + SET + "4\nflush set " + SET + "6\n" + elements("add", all));
        } finally {
            lock.unlock();
        }
    }

    private static String elements(String verb, Collection<InetAddress> addresses) {
        return addresses.stream()
                .map(address -> "%s element %s%s { %s }\n"
                        .formatted(verb, SET, address instanceof Inet4Address ? "4" : "6", address.getHostAddress()))
                .collect(Collectors.joining());
    }

    /** All of it or nothing. */
    private void nft(String commands) throws IOException {
        if (!commands.isEmpty()) {
            Shell.script(node, "nft -f - <<'RULES'\n" + commands + "RULES\n");
        }
    }
}

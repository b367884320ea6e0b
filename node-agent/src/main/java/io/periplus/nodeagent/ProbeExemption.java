package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Rules in the node's own network namespace that give the kubelet's probes of enrolled pods a source address by which the
 * pods' rules know them. The kubelet's packets come from a local socket of root; what kube-proxy forwards comes from none.
 *
 * @param node the node's namespace; null if the agent runs in it
 */
record ProbeExemption(@Nullable NetworkNamespace node, ProbeAddresses probes) {
    private static final String SET = "inet istio-ambient-host istio-inpod-probes-v";
    private static final int IPV4_BYTES = 4;

    void install() throws IOException {
        Shell.script(node, """
                nft -f - <<'RULES'
                table inet istio-ambient-host
                delete table inet istio-ambient-host
                table inet istio-ambient-host {
                  set istio-inpod-probes-v4 { type ipv4_addr; }
                  set istio-inpod-probes-v6 { type ipv6_addr; }
                  chain istio-postrouting {
                    meta skuid 0 meta l4proto tcp ip daddr @istio-inpod-probes-v4 counter snat ip to %s
                    meta skuid 0 meta l4proto tcp ip6 daddr @istio-inpod-probes-v6 counter snat ip6 to %s
                  }
                  chain postrouting { type nat hook postrouting priority 99; policy accept; jump istio-postrouting; }
                }
                RULES
                """.formatted(probes.ipv4(), probes.ipv6()));
    }

    void add(Collection<InetAddress> pods) throws IOException {
        change("add", pods);
    }

    void remove(Collection<InetAddress> pods) throws IOException {
        // A delete of what is not there is an error; an add of what is there is none.
        change("add", pods);
        change("delete", pods);
    }

    private void change(String verb, Collection<InetAddress> pods) throws IOException {
        for (InetAddress pod : pods) {
            String set = SET + (pod.getAddress().length == IPV4_BYTES ? "4" : "6");
            Shell.script(node, "nft %s element %s '{ %s }'".formatted(verb, set, pod.getHostAddress()));
        }
    }
}

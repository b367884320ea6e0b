package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * With nftables: the kubelet's packets come from a local socket of root; what kube-proxy forwards comes from none.
 *
 * @param node the node's namespace; null if the agent runs in it
 */
record NftablesProbeRules(@Nullable NetworkNamespace node, ProbeAddresses probes) implements ProbeRules {
    private static final String TABLE = "inet istio-ambient-host";
    private static final String SET = TABLE + " istio-inpod-probes-v";

    @Override
    public void install() throws IOException {
        Nft.apply(node, """
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

    @Override
    public boolean isInstalled() throws IOException {
        String table = Shell.output(node, "nft list table " + TABLE + " 2>/dev/null || true");
        return table.contains("jump istio-postrouting") && table.contains("snat");
    }

    @Override
    public void add(String uid, Collection<InetAddress> addresses) throws IOException {
        Nft.apply(node, elements("add", addresses));
    }

    @Override
    public void remove(Collection<InetAddress> addresses) throws IOException {
        // A delete of what is not there is an error; an add of what is there is none.
        Nft.apply(node, elements("add", addresses) + elements("delete", addresses));
    }

    @Override
    public void retain(Map<InetAddress, String> owners) throws IOException {
        Nft.apply(node, "flush set %1$s4\nflush set %1$s6\n".formatted(SET) + elements("add", owners.keySet()));
    }

    @Override
    public void uninstall() throws IOException {
        Nft.applyWhere("table " + TABLE, node, "delete table " + TABLE + "\n");
    }

    private static String elements(String verb, Collection<InetAddress> addresses) {
        return addresses.stream()
                .map(address -> "%s element %s%s { %s }\n"
                        .formatted(verb, SET, Family.of(address) == Family.IPV4 ? "4" : "6", address.getHostAddress()))
                .collect(Collectors.joining());
    }
}

package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * With iptables: the kubelet's packets come from a socket of the node; what kube-proxy forwards comes from none. The pods' addresses
 * are in {@link ProbeSets}.
 *
 * @param node the node's namespace; null if the agent runs in it
 */
record IptablesProbeRules(Iptables iptables, @Nullable NetworkNamespace node, ProbeAddresses probes)
        implements ProbeRules {
    /** Before whatever else gives packets to pods another source. */
    private static final IptablesChain CHAIN = new IptablesChain("nat", "POSTROUTING", "ISTIO_POSTRT", true);

    @Override
    public void install() throws IOException {
        sets().create();
        Map<Family, String> changes = new EnumMap<>(Family.class);
        iptables.read(node).forEach((family, present) -> {
            String rule = "-p tcp -m owner --socket-exists -m set --match-set %s dst -j SNAT --to-source %s"
                    .formatted(ProbeSets.name(family), probes.of(family));
            changes.put(family, IptablesChange.to(Map.of(CHAIN, List.of(rule)), List.of(CHAIN), present));
        });
        iptables.apply(node, changes);
    }

    /** Asks for single rules: a node may have tens of thousands. */
    @Override
    public boolean isInstalled() throws IOException {
        return Shell.output(node, check(Family.IPV4) + Iptables.WITH_IPV6.formatted(check(Family.IPV6)))
                .isEmpty();
    }

    private String check(Family family) {
        return """
                if ! %1$s -w %2$d -t nat -C POSTROUTING -j ISTIO_POSTRT 2>/dev/null \\
                    || ! %1$s -w %2$d -t nat -S ISTIO_POSTRT | grep -q SNAT \\
                    || ! ipset list -name %3$s >/dev/null 2>&1; then echo missing; fi
                """.formatted(iptables.program(family, ""), Iptables.LOCKED_SECONDS_MAX, ProbeSets.name(family));
    }

    @Override
    public void add(String uid, Collection<InetAddress> addresses) throws IOException {
        sets().add(uid, addresses);
    }

    @Override
    public void remove(Collection<InetAddress> addresses) throws IOException {
        sets().remove(addresses);
    }

    @Override
    public void retain(Map<InetAddress, String> owners) throws IOException {
        sets().retain(owners);
    }

    @Override
    public void uninstall() throws IOException {
        Map<Family, String> changes = new EnumMap<>(Family.class);
        iptables.read(node)
                .forEach(
                        (family, present) -> changes.put(family, IptablesChange.to(Map.of(), List.of(CHAIN), present)));
        iptables.apply(node, changes);
        sets().destroyUnused();
    }

    private ProbeSets sets() {
        return new ProbeSets(node);
    }
}

package io.periplus.nodeagent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads the kubelet's probes to pods that Amazon's VPC CNI gave a network interface of their own (security groups for pods), and their
 * answers back. That network leads what concerns such a pod out of the node, where nobody knows the address by which pods recognise
 * probes.
 *
 * <p>Such a pod is known by a host route to its address in a table other than the main one, over the interface from which a rule of
 * the node leads into that same table. It gets two rules of ours: what goes to its address takes that table, and what comes from its
 * interface is looked for among the node's own addresses before it is led away.
 *
 * <p>Only where {@code net.ipv4.tcp_early_demux} is 0, as security groups for pods require; it is 1 anywhere else.
 *
 * <p>Not safe for use by several threads at once.
 */
final class BranchInterfaces implements ProbeRules {
    private static final Logger LOG = LoggerFactory.getLogger(BranchInterfaces.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path EARLY_DEMUX = Path.of("/proc/sys/net/ipv4/tcp_early_demux");

    private final @Nullable NetworkNamespace node;
    private boolean enabled;
    /** The rules of each pod's address that has any. */
    private final Map<InetAddress, List<BranchRule>> written = new HashMap<>();

    /** @param node the node's namespace; null if the agent runs in it */
    BranchInterfaces(@Nullable NetworkNamespace node) {
        this.node = node;
    }

    /** Decides by the node's settings whether there is anything to do. */
    @Override
    public void install() throws IOException {
        String earlyDemux = node == null ? earlyDemux() : node.call(BranchInterfaces::earlyDemux);
        enabled = earlyDemux.equals("0");
        if (enabled) {
            LOG.info("{} is 0: pods may have interfaces of their own, and get rules for their probes", EARLY_DEMUX);
        }
    }

    private static String earlyDemux() throws IOException {
        return Files.exists(EARLY_DEMUX) ? Files.readString(EARLY_DEMUX).strip() : "";
    }

    @Override
    public void add(String uid, Collection<InetAddress> addresses) throws IOException {
        if (enabled) {
            for (Family family : Family.values()) {
                add(family, addresses);
            }
        }
    }

    private void add(Family family, Collection<InetAddress> addresses) throws IOException {
        List<InetAddress> own = addresses.stream()
                .filter(address -> Family.of(address) == family)
                .toList();
        if (own.isEmpty()) {
            return;
        }
        JsonNode rules = list(family, "rule show");
        JsonNode routes = list(family, "route show table all");
        for (InetAddress address : own) {
            List<BranchRule> wanted = BranchRule.of(address, rules, routes);
            for (BranchRule rule : wanted) {
                if (!rule.isIn(rules)) {
                    Shell.script(node, rule.command("add"));
                    LOG.info("rule for probes of pod {}: {}", address.getHostAddress(), rule);
                }
            }
            if (!wanted.isEmpty()) {
                written.put(address, wanted);
            }
        }
    }

    @Override
    public void remove(Collection<InetAddress> addresses) throws IOException {
        for (InetAddress address : addresses) {
            delete(written.getOrDefault(address, List.of()));
            written.remove(address);
        }
    }

    @Override
    public void retain(Map<InetAddress, String> owners) throws IOException {
        if (enabled) {
            add("", owners.keySet());
            written.keySet().retainAll(owners.keySet());
            Set<BranchRule> kept = new HashSet<>();
            written.values().forEach(kept::addAll);
            for (Family family : Family.values()) {
                delete(BranchRule.ours(family, list(family, "rule show")).stream()
                        .filter(rule -> !kept.contains(rule))
                        .toList());
            }
        }
    }

    @Override
    public void uninstall() throws IOException {
        retain(Map.of());
    }

    /** Who took the interface away may have taken them as well. */
    private void delete(List<BranchRule> rules) throws IOException {
        for (BranchRule rule : rules) {
            Shell.script(node, rule.command("del") + " 2>/dev/null || true");
        }
    }

    /** Nothing for a family that the kernel has not. */
    private JsonNode list(Family family, String objects) throws IOException {
        String list = "ip -N -j %s %s\n".formatted(family.option(), objects);
        String listed = Shell.output(node, family == Family.IPV4 ? list : Iptables.WITH_IPV6.formatted(list));
        return JSON.readTree(listed.isEmpty() ? "[]" : listed);
    }
}

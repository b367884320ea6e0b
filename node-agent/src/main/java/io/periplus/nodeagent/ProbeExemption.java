package io.periplus.nodeagent;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rules in the node's own network namespace that give the kubelet's probes of enrolled pods a source address by which the
 * pods' rules know them. Written by the node's {@linkplain RuleBackend backend}.
 *
 * <p>The rules and the pods' addresses stay when the agent ends, and those that it finds at its start stay until it knows
 * better: a pod whose probes were suddenly judged by policy would be restarted by the kubelet. So do those that an earlier agent
 * wrote with another backend.
 *
 * <p>Whoever removes all rules of the node removes these, too. They are written again as soon as that is noticed.
 *
 * <p>An address belongs to the pod that was given it last. What is heard of its previous holder does not touch it.
 */
final class ProbeExemption {
    private static final Logger LOG = LoggerFactory.getLogger(ProbeExemption.class);

    private final List<ProbeRules> rules;
    private final List<ProbeRules> others;
    /** Pods start on threads of their own. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<InetAddress, String> owners = new HashMap<>();

    /**
     * @param rules what is written on this node
     * @param others what earlier agents may have written with other backends
     */
    ProbeExemption(List<ProbeRules> rules, List<ProbeRules> others) {
        this.rules = rules;
        this.others = others;
    }

    /** Writes the rules; addresses that are exempt already remain so. */
    void install() throws IOException {
        for (ProbeRules each : rules) {
            each.install();
        }
    }

    /** These addresses are the pod's from now on. */
    void add(String uid, Collection<InetAddress> addresses) throws IOException {
        lock.lock();
        try {
            addresses.forEach(address -> owners.put(address, uid));
            write(each -> each.add(uid, addresses));
        } finally {
            lock.unlock();
        }
    }

    /** The same for those of them that are nobody's: what the API says of a pod may be older than what another was given. */
    void addUnowned(String uid, Collection<InetAddress> addresses) throws IOException {
        lock.lock();
        try {
            List<InetAddress> unowned = addresses.stream()
                    .filter(address -> !owners.containsKey(address))
                    .toList();
            if (!unowned.isEmpty()) {
                add(uid, unowned);
            }
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
            write(each -> each.remove(own));
            own.forEach(owners::remove);
        } finally {
            lock.unlock();
        }
    }

    /** Writes rules and addresses again if somebody has removed the rules. */
    void restoreIfLost() throws IOException {
        lock.lock();
        try {
            for (ProbeRules each : rules) {
                if (!each.isInstalled()) {
                    LOG.warn(
                            "the node's rules for probes were removed, and are written again; what removes all of the node's rules?");
                    restore(each);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private interface Change {
        void to(ProbeRules rules) throws IOException;
    }

    private void write(Change change) throws IOException {
        for (ProbeRules each : rules) {
            try {
                change.to(each);
            } catch (IOException e) {
                LOG.warn("the node's rules for probes: {}; they are written anew", e.getMessage());
                restore(each);
                change.to(each);
            }
        }
    }

    private void restore(ProbeRules each) throws IOException {
        each.install();
        Map<String, List<InetAddress>> pods =
                owners.keySet().stream().collect(Collectors.groupingBy(address -> owners.getOrDefault(address, "")));
        for (Map.Entry<String, List<InetAddress>> pod : pods.entrySet()) {
            each.add(pod.getKey(), pod.getValue());
        }
    }

    /** Ends the exemption of whatever is left from earlier agents and belongs neither to a pod known here nor to these. */
    void retain(Collection<InetAddress> addresses) throws IOException {
        lock.lock();
        try {
            Map<InetAddress, String> all = new HashMap<>(owners);
            addresses.forEach(address -> all.putIfAbsent(address, ""));
            write(each -> each.retain(all));
            for (ProbeRules other : others) {
                other.uninstall();
            }
        } finally {
            lock.unlock();
        }
    }
}

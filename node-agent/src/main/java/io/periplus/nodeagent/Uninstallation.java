package io.periplus.nodeagent;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes the CNI plugin off the node when the mesh is uninstalled, which is when the agent's DaemonSet is deleted: with the plugin
 * and without an agent no pod could start. An update, a restart and a reboot of the node leave it where it is. The watch is open
 * before it is needed, so that it also works when the agent's rights are deleted in the same moment.
 */
final class Uninstallation implements AutoCloseable {
    private final Runnable uninstall;
    private final Set<String> orphaned = ConcurrentHashMap.newKeySet();
    private final Informer<AgentSet> sets;

    /** @param namespace of the agent */
    Uninstallation(KubeApi api, String namespace, Runnable uninstall) {
        this.uninstall = uninstall;
        this.sets = new Informer<>(
                api,
                "/apis/apps/v1/namespaces/" + namespace + "/daemonsets",
                "fieldSelector=metadata.name%3D" + AgentSet.NAME,
                AgentSet::of,
                this::changed);
    }

    /** Begins to watch, whenever the API server lets it; does not wait for that. */
    void start() {
        Thread.ofVirtual().name("uninstallation").start(() -> {
            try {
                sets.start();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void changed(AgentSet set) {
        boolean gone = sets.get(set.uid()) == null;
        if (set.orphaning()) {
            orphaned.add(set.uid());
        }
        if ((set.deleting() || gone) && !orphaned.contains(set.uid())) {
            uninstall.run();
        }
    }

    @Override
    public void close() {
        sets.close();
    }
}

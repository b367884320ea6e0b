package io.periplus.nodeagent;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the CNI plugin off the node when the mesh is uninstalled, which is when the agent's DaemonSet is deleted: with the plugin
 * and without an agent no pod could start. An update, a restart and a reboot of the node leave it where it is, and so does doubt.
 *
 * <p>Two ways of knowing, because the agent is told to end in the same moment, and its rights may be deleted, too: a watch that
 * was open before, and a look at the end.
 */
final class Uninstallation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Uninstallation.class);
    private static final int NOT_FOUND = 404;
    /** For a watch to tell what has happened already. */
    private static final long WATCH_MILLIS = 1_000;

    private final KubeApi api;
    private final String path;
    private final Runnable uninstall;
    private final CountDownLatch uninstalled = new CountDownLatch(1);
    private final Set<String> orphaned = ConcurrentHashMap.newKeySet();
    private final Informer<AgentSet> sets;

    /** @param namespace of the agent */
    Uninstallation(KubeApi api, String namespace, Runnable uninstall) {
        this.api = api;
        this.path = "/apis/apps/v1/namespaces/" + namespace + "/daemonsets";
        this.uninstall = uninstall;
        this.sets = new Informer<>(
                api, path, "fieldSelector=metadata.name%3D" + AgentSet.NAME, AgentSet::of, this::changed);
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
            uninstall();
        }
    }

    private void uninstall() {
        uninstall.run();
        uninstalled.countDown();
    }

    /** For the end of the process: removes the plugin if no other agent will follow. */
    void atEnd() {
        try {
            AgentSet set = AgentSet.of(api.get(path + "/" + AgentSet.NAME));
            if (set.deleting() && !set.orphaning()) {
                uninstall();
            }
        } catch (KubeApi.StatusException e) {
            if (e.status() == NOT_FOUND) {
                uninstall();
            } else {
                awaitWatch();
            }
        } catch (IOException e) {
            awaitWatch();
        }
    }

    private void awaitWatch() {
        try {
            if (!uninstalled.await(WATCH_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.info("the CNI plugin stays on the node: nothing says that the mesh is uninstalled");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        sets.close();
    }
}

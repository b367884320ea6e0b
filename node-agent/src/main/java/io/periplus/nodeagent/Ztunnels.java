package io.periplus.nodeagent;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ztunnels of this node; two while one replaces the other. Pods are added to the newest and deleted from all. Owned by
 * the enrolment thread.
 */
final class Ztunnels {
    private static final Logger LOG = LoggerFactory.getLogger(Ztunnels.class);

    /** Few, and rarely changed. */
    private final List<ZtunnelConnection> newestLast = new CopyOnWriteArrayList<>();

    /** Tells a new ztunnel everything; returns the pods that it could not take. */
    List<EnrolledPod> connected(
            ZtunnelConnection connection, Collection<EnrolledPod> pods, Collection<String> withoutNamespace)
            throws IOException {
        List<EnrolledPod> refused = new ArrayList<>();
        for (EnrolledPod pod : pods) {
            try {
                connection.add(pod);
            } catch (ZtunnelConnection.RefusedException e) {
                LOG.warn("pod {}: {}", pod, e.getMessage());
                refused.add(pod);
            }
        }
        for (String uid : withoutNamespace) {
            connection.keep(uid);
        }
        connection.snapshotSent();
        newestLast.add(connection);
        LOG.info("ztunnel connected and was told of {} pods", pods.size());
        return refused;
    }

    /** Any thread. */
    boolean isConnected() {
        return !newestLast.isEmpty();
    }

    void add(EnrolledPod pod) throws IOException {
        if (newestLast.isEmpty()) {
            throw new IOException("no ztunnel is connected; is the ztunnel pod of this node running?");
        }
        ZtunnelConnection newest = newestLast.getLast();
        try {
            newest.add(pod);
        } catch (ZtunnelConnection.RefusedException e) {
            throw e;
        } catch (IOException e) {
            drop(newest, String.valueOf(e.getMessage()));
            throw e;
        }
    }

    void delete(String uid) {
        for (ZtunnelConnection connection : List.copyOf(newestLast)) {
            try {
                connection.delete(uid);
            } catch (IOException e) {
                drop(connection, String.valueOf(e.getMessage()));
            }
        }
    }

    void dropLost() {
        for (ZtunnelConnection connection : List.copyOf(newestLast)) {
            if (connection.lost()) {
                drop(connection, "it closed the connection");
            }
        }
    }

    private void drop(ZtunnelConnection connection, String why) {
        LOG.info("ztunnel lost: {}", why);
        newestLast.remove(connection);
        try {
            connection.close();
        } catch (IOException e) {
            LOG.debug("closing a lost connection", e);
        }
    }
}

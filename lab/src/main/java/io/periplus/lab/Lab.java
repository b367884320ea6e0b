package io.periplus.lab;

import io.periplus.lab.lifecycle.LabDirectory;
import io.periplus.lab.lifecycle.LabException;
import io.periplus.lab.lifecycle.LabOptions;
import io.periplus.lab.lifecycle.LabService;
import io.periplus.lab.lifecycle.LabStatus;
import io.periplus.lab.lifecycle.NodeAction;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A lab on this machine, for programs that start one: what {@code periplus lab …} does, as methods. */
public final class Lab {
    private final LabOptions options;
    private final LabService service;

    public Lab(LabOptions options) {
        this.options = options;
        this.service = new LabService(options);
    }

    /** What {@link #up} found or did. */
    public enum Started {
        NOW,
        BEFORE
    }

    public LabOptions options() {
        return options;
    }

    public LabDirectory directory() {
        return new LabDirectory(options.stateDirectory());
    }

    /**
     * Says whether {@link #up} has a chance; it asks the same itself.
     *
     * @throws LabException when this user is not root, or a program is missing on this machine
     */
    public void checkMachine() throws LabException {
        service.checkMachine();
    }

    /**
     * Starts the lab unless it is up, and waits until both clusters are ready: API, node and DNS.
     *
     * @param progress gets lines for the user
     * @throws LabException when something is missing on this machine, or a cluster does not start
     */
    public Started up(Consumer<String> progress) throws LabException {
        return service.up(progress) ? Started.NOW : Started.BEFORE;
    }

    /**
     * Stops all pods and removes all network namespaces; also after the lab process was killed. The objects stay.
     *
     * @return whether there was anything to stop or remove
     */
    public boolean down() throws LabException {
        return service.down();
    }

    /** {@link #down}, and forgets all objects, keys and images. */
    public void delete() throws LabException {
        service.delete();
    }

    /** Null if the lab is not up. */
    public @Nullable LabStatus status() throws LabException {
        return service.status();
    }

    /**
     * Switches a node on, off as by a power cut, or cuts it off from the other nodes; returns when that is so.
     *
     * @param node {@code <cluster>/<node>}, or the node's name alone
     * @throws LabException when the lab is not up or has no such node
     */
    public LabStatus.Node act(String node, NodeAction action) throws LabException {
        return service.act(node, action);
    }

    /** Whether the lab process was killed: its pods may still be on this machine until the next {@link #up} or {@link #down}. */
    public boolean wasKilled() throws LabException {
        return service.wasKilled();
    }

    /** The variables that a shell needs to work with the lab: KUBECONFIG, CTX_CLUSTER1, CTX_CLUSTER2 and PATH. */
    public Map<String, String> environment() {
        return service.environment();
    }

    /** Makes an image known under {@code name} (or replaces it): a command line of programs on this machine. */
    public void addImage(LocalImage image) throws LabException {
        service.addImage(image.definition());
    }

    /** Names of the images that were added. */
    public List<String> images() throws LabException {
        return service.images();
    }
}

package io.periplus.lab.node.volume;

/** A volume cannot be provided (yet); the message is for the pod's events. */
public final class VolumeException extends Exception {
    private static final long serialVersionUID = 1L;

    public VolumeException(String message) {
        super(message);
    }
}

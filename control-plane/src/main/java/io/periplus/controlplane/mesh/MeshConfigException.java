package io.periplus.controlplane.mesh;

/** The mesh configuration, or a part of it, cannot be read; the message says where and why. */
final class MeshConfigException extends Exception {
    private static final long serialVersionUID = 1;

    private final String reason;

    MeshConfigException(String reason) {
        super(reason);
        this.reason = reason;
    }

    /** The message, which is never null. */
    String reason() {
        return reason;
    }
}

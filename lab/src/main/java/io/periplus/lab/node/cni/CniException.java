package io.periplus.lab.node.cni;

import java.io.IOException;

/** A pod's network is not as it has to be; the message is for the pod's events. */
public final class CniException extends IOException {
    private static final long serialVersionUID = 1L;

    CniException(String message) {
        super(message);
    }
}

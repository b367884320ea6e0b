package io.periplus.lab.node.probe;

import java.util.Locale;

/** What a probe decides. */
public enum ProbeKind {
    STARTUP,
    READINESS,
    LIVENESS;

    /** The field of a container that holds the probe. */
    public String field() {
        return name().toLowerCase(Locale.ROOT) + "Probe";
    }

    /** As events name it: {@code Readiness}. */
    public String title() {
        return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }
}

package io.periplus.lab.lifecycle;

/** What can be done to a node of a lab; what is so already is left as it is. */
public enum NodeAction {
    /** A power cut. */
    STOP,
    /** The power comes back, and a partition does not. */
    START,
    /** Cuts a node that is on off from the other nodes. */
    PARTITION,
    /** Ends that. */
    HEAL
}

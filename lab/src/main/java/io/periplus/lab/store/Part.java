package io.periplus.lab.store;

/** Which part of an object a write may change. */
public enum Part {
    /** Everything but the status, where status is a subresource. */
    MAIN,
    STATUS
}

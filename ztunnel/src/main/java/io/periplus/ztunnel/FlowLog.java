package io.periplus.ztunnel;

import org.jspecify.annotations.Nullable;

/** Where connections are reported: metrics and the access log. Called on event loops; must not block. */
interface FlowLog {
    /** A connection is routed. Its labels are complete from here on. */
    Meter opened(Flow flow);

    /** An opened connection goes to the same workload another way, since the first one failed. */
    default void rerouted(Flow flow) {}

    /** A connection that was opened has ended. */
    void completed(Flow flow, @Nullable String error);

    /** A connection ended before it was opened. */
    void failed(Flow flow, String error);

    /** A socket was accepted; a tunnel counts once, with its connection. */
    void socketOpened(Flow.Reporter reporter);

    /** An accepted socket is closed. */
    void socketClosed(Flow.Reporter reporter);

    /** The counters of one connection. */
    interface Meter {
        /** Bytes from the client. */
        void received(int bytes);

        /** Bytes to the client. */
        void sent(int bytes);

        /** The connection has ended. */
        void closed(ResponseFlag flag);
    }
}

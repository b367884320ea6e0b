package io.periplus.dataplane.net;

import java.time.Duration;

/**
 * What every socket of a proxy has in common.
 *
 * @param mark {@code SO_MARK}, by which redirection rules let the proxy's own packets pass; 0 for none
 * @param keepalive whether connections that the proxy opens probe an idle peer
 * @param keepaliveIdle idle time before the first probe
 * @param keepaliveInterval time between probes
 * @param keepaliveProbes unanswered probes that end a connection
 * @param userTimeout whether bytes that nobody acknowledges for as long as probing takes end a connection, too
 * @param connectTimeout for TCP connects
 */
public record SocketSettings(
        int mark,
        boolean keepalive,
        Duration keepaliveIdle,
        Duration keepaliveInterval,
        int keepaliveProbes,
        boolean userTimeout,
        Duration connectTimeout) {
    /** The mark that in-pod rules exempt from redirection: 1337. */
    public static final int MESH_MARK = 0x539;

    /** Upstream's defaults, marked. */
    public static final SocketSettings IN_POD = new SocketSettings(
            MESH_MARK, true, Duration.ofSeconds(180), Duration.ofSeconds(180), 9, false, Duration.ofSeconds(10));

    /** The same without a mark, for a proxy that nobody redirects. */
    public static final SocketSettings PLAIN = IN_POD.withMark(0);

    /** Without a timeout for bytes that are not acknowledged. */
    public SocketSettings(
            int mark,
            boolean keepalive,
            Duration keepaliveIdle,
            Duration keepaliveInterval,
            int keepaliveProbes,
            Duration connectTimeout) {
        this(mark, keepalive, keepaliveIdle, keepaliveInterval, keepaliveProbes, false, connectTimeout);
    }

    /** From the last sign of life to the end of a connection that is probed in vain. */
    public Duration patience() {
        return keepaliveIdle.plus(keepaliveInterval.multipliedBy(keepaliveProbes));
    }

    /** The same with another mark. */
    public SocketSettings withMark(int other) {
        return new SocketSettings(
                other, keepalive, keepaliveIdle, keepaliveInterval, keepaliveProbes, userTimeout, connectTimeout);
    }
}

package io.periplus.dataplane.hbone;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * The numbers of the protocol.
 *
 * @param streamWindow bytes a peer may send on one stream before they are read
 * @param connectionWindow the same for a whole connection; larger than the stream window, or one unread stream would
 *     block all others
 * @param frameSize largest DATA frame accepted, bytes
 * @param maxConcurrentStreams streams a client may have open on one connection to this server
 * @param clientHeaderList largest header list accepted by a client, bytes
 * @param serverHeaderList largest header list accepted by a server, bytes
 * @param streamsPerConnection streams the pool puts on one connection
 * @param keepaliveInterval silence after which a PING is sent
 * @param keepaliveTimeout how long after a PING its answer may take; without one the connection ends: a deleted pod cannot say goodbye
 * @param connectTimeout for the TCP handshake
 * @param handshakeTimeout for TLS, on both sides
 * @param answerTimeout for the answer to CONNECT; longer than the server's own wait for the workload record (5 s) plus
 *     its TCP connect (10 s)
 * @param probeTimeout how long a connection that was silent may take to show life before a request moves to another
 * @param unusedRelease idle time after which a pooled connection is closed
 * @param maxPooled connections that one event loop keeps in its pool
 * @param memoryShare share of the direct memory in use beyond which connections with much unread are not read further
 */
public record HboneSettings(
        int streamWindow,
        int connectionWindow,
        int frameSize,
        int maxConcurrentStreams,
        int clientHeaderList,
        int serverHeaderList,
        int streamsPerConnection,
        Duration keepaliveInterval,
        Duration keepaliveTimeout,
        Duration connectTimeout,
        Duration handshakeTimeout,
        Duration answerTimeout,
        Duration probeTimeout,
        Duration unusedRelease,
        int maxPooled,
        double memoryShare) {
    /** What upstream uses, and bounds where upstream has none. */
    public static final HboneSettings DEFAULT = new HboneSettings(
            4 << 20,
            16 << 20,
            1 << 20,
            200,
            16 << 10,
            64 << 10,
            100,
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            Duration.ofSeconds(2),
            Duration.ofMinutes(5),
            500,
            0.5);

    public HboneSettings {
        if (connectionWindow <= streamWindow) {
            throw new IllegalArgumentException(
                    "connectionWindow: %d (expected: > streamWindow %d)".formatted(connectionWindow, streamWindow));
        }
    }

    /** The same with another limit of streams per pooled connection. */
    public HboneSettings withStreamsPerConnection(int limit) {
        return with(draft -> draft.streamsPerConnection = limit);
    }

    /** The same with another bound of connections that each loop keeps. */
    public HboneSettings withMaxPooled(int connections) {
        return with(draft -> draft.maxPooled = connections);
    }

    /** The same with another share of memory. */
    public HboneSettings withMemoryShare(double share) {
        return with(draft -> draft.memoryShare = share);
    }

    /** The same with other windows, bytes. */
    public HboneSettings withWindows(int stream, int connection, int frame) {
        return with(draft -> {
            draft.streamWindow = stream;
            draft.connectionWindow = connection;
            draft.frameSize = frame;
        });
    }

    /** The same with other times. */
    public HboneSettings withTimes(
            Duration keepalive, Duration handshake, Duration answer, Duration probe, Duration unused) {
        return with(draft -> {
            draft.keepaliveInterval = keepalive;
            draft.handshakeTimeout = handshake;
            draft.answerTimeout = answer;
            draft.probeTimeout = probe;
            draft.unusedRelease = unused;
        });
    }

    /** The same with another keepalive: how long to be silent before a PING, and how long to wait for its answer. */
    public HboneSettings withKeepalive(Duration interval, Duration timeout) {
        return with(draft -> {
            draft.keepaliveInterval = interval;
            draft.keepaliveTimeout = timeout;
        });
    }

    private HboneSettings with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.finish();
    }

    /** Settings while they are being changed. */
    private static final class Draft {
        private int streamWindow;
        private int connectionWindow;
        private int frameSize;
        private int maxConcurrentStreams;
        private int clientHeaderList;
        private int serverHeaderList;
        private int streamsPerConnection;
        private Duration keepaliveInterval;
        private Duration keepaliveTimeout;
        private Duration connectTimeout;
        private Duration handshakeTimeout;
        private Duration answerTimeout;
        private Duration probeTimeout;
        private Duration unusedRelease;
        private int maxPooled;
        private double memoryShare;

        private Draft(HboneSettings from) {
            streamWindow = from.streamWindow;
            connectionWindow = from.connectionWindow;
            frameSize = from.frameSize;
            maxConcurrentStreams = from.maxConcurrentStreams;
            clientHeaderList = from.clientHeaderList;
            serverHeaderList = from.serverHeaderList;
            streamsPerConnection = from.streamsPerConnection;
            keepaliveInterval = from.keepaliveInterval;
            keepaliveTimeout = from.keepaliveTimeout;
            connectTimeout = from.connectTimeout;
            handshakeTimeout = from.handshakeTimeout;
            answerTimeout = from.answerTimeout;
            probeTimeout = from.probeTimeout;
            unusedRelease = from.unusedRelease;
            maxPooled = from.maxPooled;
            memoryShare = from.memoryShare;
        }

        private HboneSettings finish() {
            return new HboneSettings(
                    streamWindow,
                    connectionWindow,
                    frameSize,
                    maxConcurrentStreams,
                    clientHeaderList,
                    serverHeaderList,
                    streamsPerConnection,
                    keepaliveInterval,
                    keepaliveTimeout,
                    connectTimeout,
                    handshakeTimeout,
                    answerTimeout,
                    probeTimeout,
                    unusedRelease,
                    maxPooled,
                    memoryShare);
        }
    }
}

package io.periplus.dataplane.telemetry;

/** The {@code istio_tcp_*} metrics, by their standard names and labels. */
public final class TcpMetrics {
    private static final String NO_FLAGS = "-";

    private final Family<Counter> opened;
    private final Family<Counter> closed;
    private final Family<Counter> failed;
    private final Family<Counter> received;
    private final Family<Counter> sent;
    private final Family<Gauge> sockets;

    public TcpMetrics(MetricsRegistry metrics) {
        opened = metrics.counter(
                "istio_tcp_connections_opened_total", "The total number of TCP connections opened", TcpLabels.NAMES);
        closed = metrics.counter(
                "istio_tcp_connections_closed_total", "The total number of TCP connections closed", TcpLabels.NAMES);
        failed = metrics.counter(
                "istio_tcp_connections_failed_total",
                "The total number of TCP connections that failed (unstable)",
                TcpLabels.NAMES);
        received = metrics.counter(
                "istio_tcp_received_bytes_total",
                "The size of total bytes received during request in case of a TCP connection",
                TcpLabels.NAMES);
        sent = metrics.counter(
                "istio_tcp_sent_bytes_total",
                "The size of total bytes sent during response in case of a TCP connection",
                TcpLabels.NAMES);
        sockets = metrics.gauge(
                "istio_tcp_sockets_open", "The current number of open TCP sockets (unstable)", "reporter");
    }

    /** Sockets that this side accepted and has open; a tunnel counts once. */
    public Gauge sockets(String reporter) {
        return sockets.with(reporter);
    }

    /** Counts a connection as opened; call once its route is known, before connecting upstream. */
    public Connection opened(TcpLabels labels) {
        String[] values = labels.values(NO_FLAGS);
        opened.with(values).increment();
        return new Connection(labels, received.with(values), sent.with(values));
    }

    /** The counters of one open connection. Adding bytes allocates nothing. */
    public final class Connection {
        private final TcpLabels labels;
        private final Counter receivedBytes;
        private final Counter sentBytes;

        private Connection(TcpLabels labels, Counter receivedBytes, Counter sentBytes) {
            this.labels = labels;
            this.receivedBytes = receivedBytes;
            this.sentBytes = sentBytes;
        }

        /** Bytes read from the client. */
        public void received(long bytes) {
            receivedBytes.add(bytes);
        }

        /** Bytes written to the client. */
        public void sent(long bytes) {
            sentBytes.add(bytes);
        }

        /** Counts the connection as closed; call once. {@code flags} is {@code -} if all went well. */
        public void closed(String flags) {
            String[] values = labels.values(flags);
            closed.with(values).increment();
            if (!flags.equals(NO_FLAGS)) {
                failed.with(values).increment();
            }
        }
    }
}

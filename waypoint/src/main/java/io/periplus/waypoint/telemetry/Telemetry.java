package io.periplus.waypoint.telemetry;

/** Is told of what has ended. Called on event loops; must not block. */
public interface Telemetry {
    /** Tells nobody. */
    Telemetry NONE = new Telemetry() {
        @Override
        public void ended(RequestReport report) {}

        @Override
        public void opened(ConnectionReport report) {}

        @Override
        public void moved(ConnectionReport report, long received, long sent) {}

        @Override
        public void ended(ConnectionReport report) {}
    };

    /** A request was answered, or given up. */
    void ended(RequestReport report);

    /** A TCP connection is passed through. */
    void opened(ConnectionReport report);

    /** So many bytes passed since the last call: every few seconds, and before the end. */
    void moved(ConnectionReport report, long received, long sent);

    /** It has ended, or was refused. */
    void ended(ConnectionReport report);
}

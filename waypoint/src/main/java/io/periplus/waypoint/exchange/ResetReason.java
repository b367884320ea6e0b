package io.periplus.waypoint.exchange;

/** Why an endpoint gave no complete answer: in the words of the answer's body, and as the access log's flag. */
public enum ResetReason {
    CONNECTION_FAILURE("remote connection failure", "UF", 503),
    CONNECTION_TIMEOUT("connection timeout", "UF", 503),
    CONNECTION_TERMINATION("connection termination", "UC", 503),
    REMOTE_RESET("remote reset", "UR", 503),
    REMOTE_REFUSED_STREAM("remote refused stream reset", "UR", 503),
    LOCAL_RESET("local reset", "LR", 503),
    PROTOCOL_ERROR("protocol error", "UPE", 502),
    OVERFLOW("overflow", "UO", 503),
    /** No answer in the time that an attempt or the whole request may take. */
    TIMEOUT("upstream request timeout", "UT", 504);

    private final String text;
    private final String flag;
    private final int status;

    ResetReason(String text, String flag, int status) {
        this.text = text;
        this.flag = flag;
        this.status = status;
    }

    public String text() {
        return text;
    }

    /** The response flag of the access log. */
    public String flag() {
        return flag;
    }

    /** The status of the answer. */
    public int status() {
        return status;
    }

    /** Whether the request cannot have reached the application, so that another endpoint may be tried. */
    public boolean beforeDelivery() {
        return this == CONNECTION_FAILURE || this == CONNECTION_TIMEOUT || this == REMOTE_REFUSED_STREAM;
    }

    /** Whether the endpoint, not this proxy or good order, is the reason. */
    public boolean tellsOfEndpoint() {
        return switch (this) {
            case CONNECTION_FAILURE,
                    CONNECTION_TIMEOUT,
                    CONNECTION_TERMINATION,
                    REMOTE_RESET,
                    PROTOCOL_ERROR,
                    TIMEOUT -> true;
            case REMOTE_REFUSED_STREAM, LOCAL_RESET, OVERFLOW -> false;
        };
    }
}

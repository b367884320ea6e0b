package io.periplus.dataplane.http;

/** The flow-control credit of one stream (RFC 9113 §6.9): given for what passes, and held back while its reader has enough. */
public final class Http2Credit {
    private boolean reading = true;
    private int held;

    /** How many of these bytes, which were passed on, the peer gets credit for now. */
    public int of(int bytes) {
        if (reading) {
            return bytes;
        }
        held += bytes;
        return 0;
    }

    /** How many bytes the peer gets credit for as the reader wants more, or no more. */
    public int setReading(boolean wanted) {
        reading = wanted;
        if (!wanted) {
            return 0;
        }
        int bytes = held;
        held = 0;
        return bytes;
    }

    /** Holds bytes back whatever the reader wants. */
    public void hold(int bytes) {
        held += bytes;
    }
}

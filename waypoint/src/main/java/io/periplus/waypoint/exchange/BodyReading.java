package io.periplus.waypoint.exchange;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the beginning of a request's body before any endpoint takes it, for whoever has to see it first. What was read stays
 * for the endpoint; what is held in memory is what was asked for, and one more piece.
 */
final class BodyReading {
    private static final int CONTINUE = 100;

    private final ClientStream client;
    private final RequestHead head;
    private final RequestBody body;
    private int enough;
    private @Nullable Consumer<BufferedBody> reader;

    BodyReading(ClientStream client, RequestHead head, RequestBody body) {
        this.client = client;
        this.head = head;
        this.body = body;
    }

    /**
     * Reads until so many bytes are there, or all.
     *
     * @param next hears of it once, perhaps before this method returns
     */
    void read(int bytes, Consumer<BufferedBody> next) {
        enough = bytes;
        reader = next;
        arrived();
        if (reader != null) {
            // A client that waits to be told to go on would wait for ever (RFC 9110 §10.1.1).
            if (head.headers().contains(HttpHeaderNames.EXPECT)) {
                head.headers().remove(HttpHeaderNames.EXPECT);
                client.informational(ResponseHead.of(CONTINUE));
                client.flush();
            }
            client.setReading(true);
        }
    }

    /** Some of it came, or its end. */
    void arrived() {
        Consumer<BufferedBody> waiting = reader;
        if (waiting != null && (body.ended() || body.keptBytes() >= enough)) {
            reader = null;
            if (!body.ended()) {
                client.setReading(false);
            }
            waiting.accept(new BufferedBody(body.first(enough), body.ended() && body.keptBytes() <= enough));
        }
    }

    /** Nobody waits any more. */
    void abandon() {
        reader = null;
    }
}

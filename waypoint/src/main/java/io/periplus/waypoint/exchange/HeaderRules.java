package io.periplus.waypoint.exchange;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.periplus.dataplane.http.HopByHop;
import io.periplus.dataplane.http.RequestHead;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** The fields that a waypoint adds, replaces and removes, as users of Envoy waypoints know them. */
final class HeaderRules {
    static final AsciiString UPSTREAM_SERVICE_TIME = AsciiString.cached("x-envoy-upstream-service-time");

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private record Date(long second, String text) {}

    /** Replaced as a whole; that two loops may format the same second does not matter. */
    private static volatile Date latest = new Date(0, "");

    private HeaderRules() {}

    /**
     * On arrival: what is the client's business with this hop alone goes first, so that it can take out nothing of what the
     * front then says, and nobody sees what the endpoint does not.
     */
    static void request(RequestHead head, boolean upgrade, Admission admission) {
        HttpHeaders headers = head.headers();
        HopByHop.remove(headers);
        admission.admit(head);
        if (upgrade) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
            headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
        }
        if (!headers.contains(FieldNames.REQUEST_ID)) {
            headers.set(FieldNames.REQUEST_ID, randomId());
        }
        if (!headers.contains(FieldNames.FORWARDED_PROTO)) {
            headers.set(FieldNames.FORWARDED_PROTO, "http");
        }
    }

    /** For the client. */
    static void response(HttpHeaders headers, long upstreamServiceMillis, AnswerFields own) {
        HopByHop.remove(headers);
        own.ofApplication(headers, upstreamServiceMillis);
        if (!headers.contains(HttpHeaderNames.DATE)) {
            headers.set(HttpHeaderNames.DATE, now());
        }
    }

    /** Besides, where the answer switches protocols. */
    static void switching(HttpHeaders headers) {
        headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    }

    /** For an answer of the waypoint's own. */
    static void local(HttpHeaders headers) {
        headers.set(HttpHeaderNames.SERVER, AnswerFields.ENVOY);
        headers.set(HttpHeaderNames.DATE, now());
    }

    /** The client of a request that this proxy refuses is told its id, by which the refusal can be found again. */
    static void keepRequestId(HttpHeaders request, HttpHeaders answer) {
        String id = request.get(FieldNames.REQUEST_ID);
        if (id != null) {
            answer.set(FieldNames.REQUEST_ID, id);
        }
    }

    /** A version 4 UUID (RFC 9562 §5.4); it has to be unlikely to repeat, not hard to guess. */
    private static String randomId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = random.nextLong() & ~0xf000L | 0x4000L;
        long low = random.nextLong() & ~(3L << 62) | 1L << 63;
        return new UUID(high, low).toString();
    }

    /** The time as RFC 9110 §5.6.7 writes it, formatted once a second. */
    private static String now() {
        long second = System.currentTimeMillis() / 1000;
        Date date = latest;
        if (date.second != second) {
            date = new Date(second, HTTP_DATE.format(Instant.ofEpochSecond(second)));
            latest = date;
        }
        return date.text;
    }
}

package io.periplus.dataplane.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The fields that belong to one connection and never pass through a proxy (RFC 9110 §7.6.1). */
public final class HopByHop {
    static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
    static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
    static final AsciiString HTTP2_SETTINGS = AsciiString.cached("http2-settings");

    /** Fields that are for whoever answers the request, and by which proxies on the way judge it. */
    private static final Set<String> FOR_THE_RECIPIENT = Set.of(
            "host",
            "content-length",
            "content-type",
            "authorization",
            "cookie",
            "forwarded",
            "x-real-ip",
            "x-request-id");

    /** Families of them. */
    private static final List<String> FOR_THE_RECIPIENT_PREFIXES = List.of("x-forwarded-", "x-envoy-");

    private HopByHop() {}

    /**
     * RFC 9110 §7.6.1 forbids to name what is meant for all recipients: a proxy that went by it would take out what the proxy
     * before it has put in.
     *
     * @throws RequestException if {@code Connection} names such a field
     */
    static void check(HttpHeaders headers) {
        if (headers.contains(HttpHeaderNames.CONNECTION) && !namesNothing(headers)) {
            for (String name : options(headers)) {
                if (isForTheRecipient(name)) {
                    throw new RequestException(RequestError.CONNECTION_OPTION);
                }
            }
        }
    }

    /**
     * Whether a field is for whoever answers the request, or what proxies tell each other of the client.
     *
     * @param name in lower case
     */
    public static boolean isForTheRecipient(String name) {
        for (int i = 0; i < FOR_THE_RECIPIENT_PREFIXES.size(); i++) {
            if (name.startsWith(FOR_THE_RECIPIENT_PREFIXES.get(i))) {
                return true;
            }
        }
        return FOR_THE_RECIPIENT.contains(name);
    }

    /** Whether {@code Connection} says what it mostly says, and so names no field. */
    private static boolean namesNothing(HttpHeaders headers) {
        CharSequence only = headers instanceof HttpFields fields ? fields.joined(HttpHeaderNames.CONNECTION) : null;
        return only != null
                && (HttpHeaderValues.KEEP_ALIVE.contentEqualsIgnoreCase(only)
                        || HttpHeaderValues.CLOSE.contentEqualsIgnoreCase(only));
    }

    /** What {@code Connection} names, in lower case. */
    private static List<String> options(HttpHeaders headers) {
        List<String> options = new ArrayList<>(2);
        for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
            for (String name : value.split(",", -1)) {
                String trimmed = name.strip();
                if (!trimmed.isEmpty()) {
                    options.add(trimmed.toLowerCase(Locale.ROOT));
                }
            }
        }
        return options;
    }

    /** Removes them, with those that {@code Connection} names; {@code TE: trailers} stays, as gRPC asks for it. */
    public static void remove(HttpHeaders headers) {
        if (headers.contains(HttpHeaderNames.CONNECTION)) {
            if (!namesNothing(headers)) {
                for (String name : options(headers)) {
                    if (!name.equals("te")) {
                        headers.remove(name);
                    }
                }
            }
            headers.remove(HttpHeaderNames.CONNECTION);
        }
        headers.remove(KEEP_ALIVE);
        headers.remove(PROXY_CONNECTION);
        headers.remove(HTTP2_SETTINGS);
        headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
        headers.remove(HttpHeaderNames.UPGRADE);
        if (headers.contains(HttpHeaderNames.TE)) {
            boolean trailers = headers.containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true);
            headers.remove(HttpHeaderNames.TE);
            if (trailers) {
                headers.set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
            }
        }
    }
}

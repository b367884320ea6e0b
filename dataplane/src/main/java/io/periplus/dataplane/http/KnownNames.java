package io.periplus.dataplane.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The names that most messages use, so that a parser makes no object for them and a search finds them by identity. */
final class KnownNames {
    /** A power of two with few collisions for the names below. */
    private static final int SLOTS = 512;

    private static final List<AsciiString> HOP =
            List.of(HopByHop.KEEP_ALIVE, HopByHop.PROXY_CONNECTION, HopByHop.HTTP2_SETTINGS);

    private static final List<AsciiString> NAMES = List.of(
            HttpHeaderNames.ACCEPT,
            HttpHeaderNames.ACCEPT_CHARSET,
            HttpHeaderNames.ACCEPT_ENCODING,
            HttpHeaderNames.ACCEPT_LANGUAGE,
            HttpHeaderNames.ACCEPT_RANGES,
            HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN,
            HttpHeaderNames.AGE,
            HttpHeaderNames.AUTHORIZATION,
            HttpHeaderNames.CACHE_CONTROL,
            HttpHeaderNames.CONNECTION,
            HttpHeaderNames.CONTENT_DISPOSITION,
            HttpHeaderNames.CONTENT_ENCODING,
            HttpHeaderNames.CONTENT_LANGUAGE,
            HttpHeaderNames.CONTENT_LENGTH,
            HttpHeaderNames.CONTENT_TYPE,
            HttpHeaderNames.COOKIE,
            HttpHeaderNames.DATE,
            HttpHeaderNames.ETAG,
            HttpHeaderNames.EXPECT,
            HttpHeaderNames.EXPIRES,
            HttpHeaderNames.HOST,
            HttpHeaderNames.IF_MODIFIED_SINCE,
            HttpHeaderNames.IF_NONE_MATCH,
            HttpHeaderNames.LAST_MODIFIED,
            HttpHeaderNames.LOCATION,
            HttpHeaderNames.ORIGIN,
            HttpHeaderNames.PRAGMA,
            HttpHeaderNames.RANGE,
            HttpHeaderNames.REFERER,
            HttpHeaderNames.SERVER,
            HttpHeaderNames.SET_COOKIE,
            HttpHeaderNames.TE,
            HttpHeaderNames.TRAILER,
            HttpHeaderNames.TRANSFER_ENCODING,
            HttpHeaderNames.UPGRADE,
            HttpHeaderNames.USER_AGENT,
            HttpHeaderNames.VARY,
            HttpHeaderNames.VIA,
            AsciiString.cached("b3"),
            AsciiString.cached("baggage"),
            AsciiString.cached("grpc-encoding"),
            AsciiString.cached("grpc-message"),
            AsciiString.cached("grpc-status"),
            AsciiString.cached("grpc-timeout"),
            AsciiString.cached("priority"),
            AsciiString.cached("sec-fetch-dest"),
            AsciiString.cached("sec-fetch-mode"),
            AsciiString.cached("sec-fetch-site"),
            AsciiString.cached("strict-transport-security"),
            AsciiString.cached("traceparent"),
            AsciiString.cached("tracestate"),
            AsciiString.cached("upgrade-insecure-requests"),
            AsciiString.cached("x-b3-parentspanid"),
            AsciiString.cached("x-b3-sampled"),
            AsciiString.cached("x-b3-spanid"),
            AsciiString.cached("x-b3-traceid"),
            AsciiString.cached("x-content-type-options"),
            AsciiString.cached("x-envoy-upstream-service-time"),
            AsciiString.cached("x-forwarded-client-cert"),
            AsciiString.cached("x-forwarded-for"),
            AsciiString.cached("x-forwarded-host"),
            AsciiString.cached("x-forwarded-proto"),
            AsciiString.cached("x-frame-options"),
            AsciiString.cached("x-request-id"));

    private static final @Nullable AsciiString[] TABLE = new AsciiString[SLOTS];

    static {
        NAMES.forEach(KnownNames::put);
        HOP.forEach(KnownNames::put);
    }

    private KnownNames() {}

    private static void put(AsciiString name) {
        int slot = slot(name.array(), name.arrayOffset(), name.length());
        while (TABLE[slot] != null) {
            slot = slot + 1 & SLOTS - 1;
        }
        TABLE[slot] = name;
    }

    private static int slot(byte[] bytes, int start, int length) {
        int hash = bytes[start] * 31 + bytes[start + length - 1];
        hash = hash * 31 + bytes[start + length / 2];
        hash = hash * 31 + length;
        return (hash ^ hash >>> 9) & SLOTS - 1;
    }

    /** The name in these bytes, which are in lower case and stay unchanged from now on. */
    static AsciiString of(byte[] bytes, int start, int length) {
        int slot = slot(bytes, start, length);
        AsciiString candidate;
        while ((candidate = TABLE[slot]) != null) {
            if (candidate.length() == length
                    && Arrays.equals(
                            candidate.array(),
                            candidate.arrayOffset(),
                            candidate.arrayOffset() + length,
                            bytes,
                            start,
                            start + length)) {
                return candidate;
            }
            slot = slot + 1 & SLOTS - 1;
        }
        return new AsciiString(bytes, start, length, false);
    }
}

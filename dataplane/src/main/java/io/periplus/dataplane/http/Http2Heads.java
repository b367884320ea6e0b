package io.periplus.dataplane.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Heads as HTTP/2 carries them (RFC 9113 §8.3) and as exchanges know them. */
public final class Http2Heads {
    private Http2Heads() {}

    /**
     * Reads a request.
     *
     * @throws RequestException for a request without a method, a path or a scheme that is HTTP's, or whose {@code Host}
     *     fields say another host than {@code :authority} or several
     * @throws IllegalArgumentException for a field that HTTP/1.1 could not carry
     */
    public static RequestHead request(Http2Headers in) {
        HttpHeaders headers = fields(in);
        CharSequence authority = in.authority();
        if (headers.contains(HttpHeaderNames.HOST)) {
            if (headers.getAll(HttpHeaderNames.HOST).size() > 1) {
                throw new RequestException(RequestError.SEVERAL_HOSTS);
            }
            String host = headers.get(HttpHeaderNames.HOST);
            if (authority == null) {
                authority = host;
            } else if (!AsciiString.contentEqualsIgnoreCase(authority, host)) {
                throw new RequestException(RequestError.SEVERAL_HOSTS);
            }
            headers.remove(HttpHeaderNames.HOST);
        }
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            Framing.checkLength(headers.getAll(HttpHeaderNames.CONTENT_LENGTH));
        }
        joinCookies(headers);
        CharSequence path = in.path();
        CharSequence method = in.method();
        if (method == null) {
            throw new RequestException(RequestError.MALFORMED);
        }
        if (path == null && !AsciiString.contentEquals(method, "CONNECT")) {
            throw new RequestException(RequestError.MISSING_PATH);
        }
        CharSequence scheme = in.scheme();
        if (!AsciiString.contentEquals("http", scheme) && !AsciiString.contentEquals("https", scheme)) {
            throw new RequestException(RequestError.MALFORMED);
        }
        return new RequestHead(
                method.toString(),
                scheme.toString(),
                authority == null ? "" : authority.toString(),
                path == null ? "" : path.toString(),
                headers);
    }

    /** RFC 9113 §8.2.3: what HTTP/2 may send in crumbs is one field for everyone else. */
    private static void joinCookies(HttpHeaders headers) {
        if (headers.contains(HttpHeaderNames.COOKIE)) {
            List<String> crumbs = headers.getAll(HttpHeaderNames.COOKIE);
            if (crumbs.size() > 1) {
                headers.set(HttpHeaderNames.COOKIE, String.join("; ", crumbs));
            }
        }
    }

    /** Writes a request whose hop-by-hop fields were removed. */
    public static Http2Headers request(RequestHead head) {
        Http2Headers out = new DefaultHttp2Headers(false, 16)
                .method(head.method())
                .scheme(head.scheme())
                .authority(head.authority())
                .path(head.path());
        return copy(head.headers(), out);
    }

    /** Reads a response. */
    public static ResponseHead response(Http2Headers in) {
        CharSequence status = in.status();
        if (status == null) {
            throw new IllegalArgumentException("the response has no :status");
        }
        return new ResponseHead(AsciiString.of(status).parseInt(), fields(in));
    }

    /** Writes a response whose hop-by-hop fields were removed. */
    public static Http2Headers response(ResponseHead head) {
        return copy(head.headers(), new DefaultHttp2Headers(false, 16).status(Integer.toString(head.status())));
    }

    /** Reads trailers, or the fields of a head without its pseudo fields. */
    public static HttpHeaders fields(Http2Headers in) {
        HttpHeaders headers = new HttpFields(in.size());
        for (Map.Entry<CharSequence, CharSequence> field : in) {
            CharSequence name = field.getKey();
            if (name.isEmpty() || name.charAt(0) != ':') {
                headers.add(name, checked(name, field.getValue()));
            }
        }
        return headers;
    }

    /** RFC 9113 §8.2.1: a value neither begins nor ends with white space. */
    private static CharSequence checked(CharSequence name, CharSequence value) {
        int length = value.length();
        if (length > 0 && (isSpace(value.charAt(0)) || isSpace(value.charAt(length - 1)))) {
            throw new IllegalArgumentException(
                    "value of %s: white space at its ends (RFC 9113 §8.2.1)".formatted(name));
        }
        return value;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }

    /** Writes trailers. */
    public static Http2Headers trailers(HttpHeaders trailers) {
        return copy(trailers, new DefaultHttp2Headers(false, 8));
    }

    private static Http2Headers copy(HttpHeaders from, Http2Headers to) {
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = from.iteratorCharSequence();
        while (fields.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            to.add(AsciiString.of(field.getKey()).toLowerCase(), field.getValue());
        }
        return to;
    }
}

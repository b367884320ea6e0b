package io.periplus.dataplane.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;

/** What a request must be before anything is decided about it; every failure is a {@link RequestException}. */
public final class RequestChecks {
    private RequestChecks() {}

    /** Turns what was read from an HTTP/1.1 connection into a head (RFC 9112 §3). */
    public static RequestHead http1(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            throw new RequestException(errorOf(request.decoderResult().cause()));
        }
        if (request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            throw new RequestException(RequestError.LOW_VERSION);
        }
        if (!request.protocolVersion().isKeepAliveDefault()
                || request.protocolVersion().majorVersion() != 1) {
            throw new RequestException(RequestError.MALFORMED);
        }
        HttpHeaders headers = request.headers();
        checkTransferCoding(headers);
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1) {
            throw new RequestException(RequestError.SEVERAL_HOSTS);
        }
        headers.remove(HttpHeaderNames.HOST);
        String authority = hosts.isEmpty() ? "" : hosts.getFirst();
        String target = request.uri();
        int schemeEnd = target.startsWith("/") ? -1 : target.indexOf("://");
        if (schemeEnd > 0 && !request.method().name().equals("CONNECT")) {
            int path = indexOfPath(target, schemeEnd + 3);
            authority = target.substring(schemeEnd + 3, path);
            target = path < target.length() && target.charAt(path) == '/'
                    ? target.substring(path)
                    : "/" + target.substring(path);
        }
        return new RequestHead(request.method().name(), "http", authority, target, headers);
    }

    /** Checks what both versions share, and normalises the path. */
    public static void common(RequestHead head) {
        if (head.headers().size() > HttpLimits.HEADERS_MAX) {
            throw new RequestException(RequestError.TOO_MANY_HEADERS);
        }
        if (head.authority().isEmpty()) {
            throw new RequestException(RequestError.MISSING_HOST);
        }
        if (head.method().equals("CONNECT")) {
            throw new RequestException(RequestError.UPGRADE_REFUSED);
        }
        if (!isToken(head.method()) || !isVisible(head.authority())) {
            throw new RequestException(RequestError.MALFORMED);
        }
        String path = isVisible(head.path()) ? PathNormalization.base(head.path()) : null;
        if (path == null || path.equals("*") && !head.method().equals("OPTIONS")) {
            throw new RequestException(RequestError.BAD_PATH);
        }
        head.setPath(path);
    }

    private static void checkTransferCoding(HttpHeaders headers) {
        if (!headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return;
        }
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (codings.size() != 1) {
            throw new RequestException(RequestError.BAD_TRANSFER_CODING);
        }
        if (!HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst())) {
            throw new RequestException(RequestError.UNKNOWN_TRANSFER_CODING);
        }
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            throw new RequestException(RequestError.LENGTH_AND_CHUNKED);
        }
    }

    private static RequestError errorOf(Throwable cause) {
        return switch (cause) {
            case RequestException refused -> refused.error();
            case TooLongHttpHeaderException _, TooLongHttpLineException _ -> RequestError.HEADERS_TOO_LARGE;
            default -> RequestError.MALFORMED;
        };
    }

    private static int indexOfPath(String target, int from) {
        for (int i = from; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c == '/' || c == '?' || c == '#') {
                return i;
            }
        }
        return target.length();
    }

    private static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(Character.isLetterOrDigit(c) && c < 0x80) && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** Whether the text has no white space and no control characters, which would end it early on the next hop. */
    private static boolean isVisible(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == 0x7f || c > 0xff) {
                return false;
            }
        }
        return true;
    }
}

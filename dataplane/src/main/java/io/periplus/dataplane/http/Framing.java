package io.periplus.dataplane.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import java.util.List;

/** How long the body of an HTTP/1.1 message is (RFC 9112 §6), or one of the special values below. */
final class Framing {
    /** A chunked body. */
    static final long CHUNKED = -1;

    /** A body that ends with the connection: of some responses, and after a switch of protocols. */
    static final long UNTIL_CLOSE = -2;

    /** 18 digits fit into a long with certainty; an exabyte is beyond what anyone sends. */
    private static final int LENGTH_DIGITS_MAX = 18;

    private Framing() {}

    /**
     * Of a request. Both ways to say it at once, or one of them twice, is what smuggling lives on, and refused.
     *
     * @throws RequestException if it is not clear
     */
    static long ofRequest(HttpFields fields, boolean http10) {
        if (fields.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            List<String> codings = fields.getAll(HttpHeaderNames.TRANSFER_ENCODING);
            if (codings.size() != 1 || http10) {
                throw new RequestException(RequestError.BAD_TRANSFER_CODING);
            }
            if (!HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst())) {
                throw new RequestException(RequestError.UNKNOWN_TRANSFER_CODING);
            }
            if (fields.contains(HttpHeaderNames.CONTENT_LENGTH)) {
                throw new RequestException(RequestError.LENGTH_AND_CHUNKED);
            }
            return CHUNKED;
        }
        return fields.contains(HttpHeaderNames.CONTENT_LENGTH) ? length(fields) : 0;
    }

    /**
     * Of a final response that may have content.
     *
     * @throws RequestException if it is not clear
     */
    static long ofResponse(HttpFields fields) {
        if (fields.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            List<String> codings = fields.getAll(HttpHeaderNames.TRANSFER_ENCODING);
            if (codings.size() != 1
                    || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst())
                    || fields.contains(HttpHeaderNames.CONTENT_LENGTH)) {
                throw new RequestException(RequestError.BAD_TRANSFER_CODING);
            }
            return CHUNKED;
        }
        return fields.contains(HttpHeaderNames.CONTENT_LENGTH) ? length(fields) : UNTIL_CLOSE;
    }

    private static long length(HttpFields fields) {
        return checkLength(fields.getAll(HttpHeaderNames.CONTENT_LENGTH));
    }

    /**
     * The one length that these values of {@code Content-Length} say.
     *
     * @throws RequestException if they do not
     */
    static long checkLength(List<String> lengths) {
        if (lengths.size() != 1) {
            throw new RequestException(RequestError.BAD_CONTENT_LENGTH);
        }
        return length(lengths.getFirst());
    }

    /** One or more digits and nothing else (RFC 9110 §8.6). */
    static long length(CharSequence text) {
        int digits = text.length();
        if (digits == 0 || digits > LENGTH_DIGITS_MAX) {
            throw new RequestException(RequestError.BAD_CONTENT_LENGTH);
        }
        long value = 0;
        for (int i = 0; i < digits; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                throw new RequestException(RequestError.BAD_CONTENT_LENGTH);
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }
}

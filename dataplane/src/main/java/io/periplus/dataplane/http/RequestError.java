package io.periplus.dataplane.http;

/** Why a request is refused before anything else looks at it: the answer's status and the reason that the log shows. */
public enum RequestError {
    MALFORMED(400, "http1.codec_error"),
    LENGTH_AND_CHUNKED(400, "http1.content_length_and_chunked_not_allowed"),
    BAD_TRANSFER_CODING(400, "http1.invalid_transfer_encoding"),
    UNKNOWN_TRANSFER_CODING(501, "http1.unsupported_transfer_encoding"),
    BAD_CONTENT_LENGTH(400, "http1.invalid_content_length"),
    BAD_CHUNK(400, "http1.invalid_chunk"),
    FOLDED_HEADER(400, "http1.obsolete_line_folding"),
    MISSING_HOST(400, "missing_host_header"),
    SEVERAL_HOSTS(400, "http1.several_host_headers"),
    BAD_HOST(400, "invalid_host"),
    BAD_PATH(400, "path_normalization_failed"),
    MISSING_PATH(400, "missing_path_rejected"),
    /** {@code Connection} names a field that is not for the next hop alone. */
    CONNECTION_OPTION(400, "http1.connection_header_rejected"),
    HEADERS_TOO_LARGE(431, "request_headers_too_large"),
    TOO_MANY_HEADERS(431, "http1.too_many_headers"),
    HEAD_TIMEOUT(408, "request_header_timeout", "request header timeout"),
    LOW_VERSION(426, "low_version"),
    UPGRADE_REFUSED(403, "upgrade_failed");

    private final int status;
    private final String details;
    private final String body;

    RequestError(int status, String details) {
        this(status, details, "");
    }

    RequestError(int status, String details, String body) {
        this.status = status;
        this.details = details;
        this.body = body;
    }

    /** The status of the answer. */
    public int status() {
        return status;
    }

    /** The answer's text, empty for most. */
    public String body() {
        return body;
    }

    /** What {@code %RESPONSE_CODE_DETAILS%} shows. */
    public String details() {
        return details;
    }
}

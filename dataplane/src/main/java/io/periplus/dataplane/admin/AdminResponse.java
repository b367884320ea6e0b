package io.periplus.dataplane.admin;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An answer of an admin page.
 *
 * @param stream in place of the body where that is made while it is written
 * @param compressible whether the body is no file that is compressed itself
 */
public record AdminResponse(
        int status,
        String contentType,
        byte[] body,
        @Nullable AdminStream stream,
        boolean compressible) {
    private static final byte[] NO_BODY = {};

    /** A body that is there. */
    public AdminResponse(int status, String contentType, byte[] body) {
        this(status, contentType, body, null, true);
    }

    /** Plain text. */
    public static AdminResponse text(int status, String text) {
        return new AdminResponse(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** HTML. */
    public static AdminResponse html(String text) {
        return new AdminResponse(200, "text/html; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** JSON. */
    public static AdminResponse json(byte[] body) {
        return new AdminResponse(200, "application/json", body);
    }

    /** A file, sent as it is. */
    public static AdminResponse file(AdminStream stream) {
        return new AdminResponse(200, "application/octet-stream", NO_BODY, stream, false);
    }

    /** Text that is too large to be there as a whole. */
    public static AdminResponse written(String contentType, AdminStream stream) {
        return new AdminResponse(200, contentType, NO_BODY, stream, true);
    }

    /** 405 for a page that takes only this method. */
    public static AdminResponse methodNotAllowed(String expected) {
        return text(405, "Invalid HTTP method (expected: " + expected + ")\n");
    }
}

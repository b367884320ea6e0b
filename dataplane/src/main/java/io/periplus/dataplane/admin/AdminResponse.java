package io.periplus.dataplane.admin;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An answer of an admin page.
 *
 * @param stream in place of the body where that is made while it is written; sent as it is, never compressed
 */
public record AdminResponse(
        int status,
        String contentType,
        byte[] body,
        @Nullable AdminStream stream) {
    /** A body that is there. */
    public AdminResponse(int status, String contentType, byte[] body) {
        this(status, contentType, body, null);
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
        return new AdminResponse(200, "application/octet-stream", new byte[0], stream);
    }

    /** 405 for a page that takes only this method. */
    public static AdminResponse methodNotAllowed(String expected) {
        return text(405, "Invalid HTTP method (expected: " + expected + ")\n");
    }
}

package io.periplus.dataplane.admin;

import java.nio.charset.StandardCharsets;

/** An answer of an admin page. */
public record AdminResponse(int status, String contentType, byte[] body) {
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

    /** 405 for a page that takes only this method. */
    public static AdminResponse methodNotAllowed(String expected) {
        return text(405, "Invalid HTTP method (expected: " + expected + ")\n");
    }
}

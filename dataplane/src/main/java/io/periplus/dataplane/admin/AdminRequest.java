package io.periplus.dataplane.admin;

import java.util.List;
import java.util.Map;

/**
 * A request to an admin page.
 *
 * @param query parameters in the order given; one without {@code =} has an empty value
 * @param accept the {@code Accept} headers
 * @param body empty without one
 * @param local whether it comes from this machine's, or pod's, loopback
 */
public record AdminRequest(
        String method, String path, Map<String, String> query, List<String> accept, byte[] body, boolean local) {
    /** Whether this is a GET or HEAD. */
    public boolean isGet() {
        return method.equals("GET") || method.equals("HEAD");
    }

    /** Whether this is a POST. */
    public boolean isPost() {
        return method.equals("POST");
    }
}

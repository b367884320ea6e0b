package io.periplus.lab.node;

import java.time.Instant;
import java.util.List;

/** Issues service account tokens for pods, as the API's {@code serviceaccounts/token} subresource does. */
@FunctionalInterface
public interface TokenSource {
    /**
     * @throws RuntimeException if there is no such service account; the message reaches the pod's events
     */
    Token issue(Request request);

    /**
     * @param audiences empty for the API server's own
     * @param expirationSeconds wanted lifetime; the issuer may choose another
     */
    record Request(
            String namespace,
            String serviceAccount,
            List<String> audiences,
            long expirationSeconds,
            String podName,
            String podUid,
            String nodeName) {}

    record Token(String value, Instant expires) {}
}

package io.periplus.controlplane.jwks;

import io.periplus.model.authn.KeySource;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** Fetches the keys of one source, with discovery if need be. Blocks. */
final class KeyFetch {
    private static final String WELL_KNOWN = "/.well-known/openid-configuration";

    private final HttpFetch http;

    KeyFetch(HttpFetch http) {
        this.http = http;
    }

    /**
     * The keys.
     *
     * @param timeout for each of the requests
     * @throws IOException with a message for the author of the policy
     */
    String keys(KeySource source, Duration timeout) throws IOException {
        URI at = URI.create(source.url());
        if (source.discovery()) {
            URI document = URI.create(stripped(source.url()) + WELL_KNOWN);
            at = ask(document, () -> HttpFetch.next(document, KeySetJson.keysUri(http.get(document, timeout))));
        }
        URI keys = at;
        return ask(keys, () -> KeySetJson.keys(http.get(keys, timeout)));
    }

    private interface Question<T> {
        T ask() throws IOException;
    }

    private static <T> T ask(URI uri, Question<T> question) throws IOException {
        try {
            return question.ask();
        } catch (IOException e) {
            throw new IOException(uri + ": " + e.getMessage(), e);
        }
    }

    private static String stripped(String issuer) {
        return issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    }
}

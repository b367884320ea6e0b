package io.periplus.cli.why;

import io.periplus.api.why.HttpQuestion;
import org.jspecify.annotations.Nullable;

/**
 * What is asked about, wherever it starts.
 *
 * @param http null for a connection that is judged as bytes
 * @param serverName that the client asks for in TLS, empty for none
 */
record Traffic(Destination to, @Nullable HttpQuestion http, String serverName) {
    /** As a person would say it. */
    String text() {
        HttpQuestion request = http;
        return request == null
                ? "a TCP connection to " + to.host() + " port " + to.port()
                : request.method() + " " + (to.tls() ? "https://" : "http://") + to.authority() + request.path();
    }
}

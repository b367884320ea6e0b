package io.periplus.dataplane.policy;

import io.periplus.api.SpiffeId;
import org.jspecify.annotations.Nullable;

/**
 * A text that policies compare with.
 *
 * @param name what makes two of them the same
 * @param http whether only a request has it
 * @param ignoreCase how it compares
 */
record TextAttribute(String name, boolean http, boolean ignoreCase, Reader reader) {
    /** Reads it; {@code null} when it is absent. Allocates nothing. */
    @FunctionalInterface
    interface Reader {
        @Nullable
        CharSequence of(RequestAttributes attributes);
    }

    private interface HttpReader {
        @Nullable
        CharSequence of(HttpAttributes http);
    }

    private interface ClientReader {
        String of(SpiffeId client);
    }

    static final TextAttribute PRINCIPAL =
            new TextAttribute("source.principal", false, false, RequestAttributes::clientPrincipal);
    static final TextAttribute NAMESPACE = ofClient("source.namespace", SpiffeId::namespace);
    static final TextAttribute ACCOUNT = ofClient("source.serviceAccount", SpiffeId::serviceAccount);
    static final TextAttribute TRUST_DOMAIN = ofClient("source.trustDomain", SpiffeId::trustDomain);
    static final TextAttribute SERVER_NAME =
            new TextAttribute("connection.sni", false, false, RequestAttributes::serverName);
    static final TextAttribute METHOD = ofRequest("method", false, HttpAttributes::method);
    static final TextAttribute PATH = ofRequest("path", false, HttpAttributes::path);
    static final TextAttribute HOST = ofRequest("host", true, HttpAttributes::host);

    /** What nothing here ever sets, such as the metadata of filters of another proxy. */
    static TextAttribute absent(String name) {
        return new TextAttribute(name, false, false, _ -> null);
    }

    @Nullable
    CharSequence of(RequestAttributes attributes) {
        return reader.of(attributes);
    }

    private static TextAttribute ofClient(String name, ClientReader reader) {
        return new TextAttribute(name, false, false, attributes -> {
            SpiffeId client = attributes.client();
            return client == null ? null : reader.of(client);
        });
    }

    private static TextAttribute ofRequest(String name, boolean ignoreCase, HttpReader reader) {
        return new TextAttribute(name, true, ignoreCase, attributes -> {
            HttpAttributes http = attributes.http();
            return http == null ? null : reader.of(http);
        });
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TextAttribute that && name.equals(that.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}

package io.periplus.api.why;

import org.jspecify.annotations.Nullable;

/**
 * A real request or connection, as a proxy remembers it.
 *
 * @param at when it began (ISO 8601, UTC)
 * @param id of the request ({@code x-request-id}); null for a connection
 * @param what the request line, or what was connected to
 * @param client its SPIFFE id, null for a client without one
 * @param clientAddress its IP address and port
 * @param target what was addressed
 * @param route that it took, null if none governed or it did not get so far
 * @param endpoint that was chosen last, null if none was
 * @param status of the answer, 0 for a connection or if there was none
 * @param reason one sentence: what decided then, or how it ended
 * @param decidedBy what to look at, null when nothing spoke against it
 * @param millis that it took, or has taken so far
 * @param question asks the same again, as far as it is remembered: without headers; null if it cannot be asked
 */
public record Seen(
        String at,
        @Nullable String id,
        String what,
        @Nullable String client,
        String clientAddress,
        String target,
        @Nullable String route,
        @Nullable String endpoint,
        Verdict verdict,
        int status,
        String reason,
        @Nullable String decidedBy,
        long millis,
        @Nullable Question question) {}

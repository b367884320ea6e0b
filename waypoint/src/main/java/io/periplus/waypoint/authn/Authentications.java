package io.periplus.waypoint.authn;

import io.periplus.waypoint.mesh.Destination;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens are accepted where; immutable.
 *
 * @param byService for services with rules of their own, by {@code namespace/hostname}; rules for everything included
 * @param rest      for everything else; null where nothing is asked
 */
record Authentications(
        Map<String, TokenRules> byService, @Nullable TokenRules rest) {
    static final Authentications NONE = new Authentications(Map.of(), null);

    /** The rules for what a client addressed; null where tokens are nobody's business. */
    @Nullable
    TokenRules of(Destination addressed) {
        if (addressed instanceof Destination.OfService service && !byService.isEmpty()) {
            TokenRules own = byService.get(service.key());
            return own == null ? rest : own;
        }
        return rest;
    }
}

package io.periplus.model.authn;

import io.periplus.api.NamespacedName;
import java.time.Duration;

/**
 * Keys that a RequestAuthentication needs.
 *
 * @param timeout for one attempt to fetch them
 */
public record WantedKeys(Key key, Duration timeout) {
    /** Who needs what. */
    public record Key(NamespacedName policy, KeySource source) {}
}

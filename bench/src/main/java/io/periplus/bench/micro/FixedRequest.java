package io.periplus.bench.micro;

import io.periplus.dataplane.policy.HttpAttributes;
import org.jspecify.annotations.Nullable;

/** A request without header fields. */
record FixedRequest(String method, String path, String host) implements HttpAttributes {
    @Override
    public @Nullable CharSequence header(String name) {
        return null;
    }
}

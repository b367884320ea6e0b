package io.periplus.dataplane.policy;

import io.periplus.dataplane.address.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What policies may ask about an HTTP request. Values are as received; implementations should not copy them. */
public interface HttpAttributes {
    /** {@code :method}, for example {@code GET}. */
    CharSequence method();

    /** The normalised path, without query. */
    CharSequence path();

    /** {@code :authority} or {@code Host}, as sent, with its port if it has one; {@code null} if absent. */
    @Nullable
    CharSequence host();

    /** A header by its lower-case name, several values joined with a comma; {@code null} if absent. */
    @Nullable
    CharSequence header(String name);

    /** The values of a header that stands in the request more than once, each as it was sent; empty for any other. */
    default List<? extends CharSequence> repeated(String name) {
        return List.of();
    }

    /** The client before the proxies that are trusted, as the request says; {@code null} if it says nothing. */
    default @Nullable IpAddress remote() {
        return null;
    }

    /** {@code <issuer>/<subject>} of a validated token; {@code null} without one. */
    default @Nullable CharSequence requestPrincipal() {
        return null;
    }

    /** The issuer of a validated token; {@code null} without one. */
    default @Nullable CharSequence tokenIssuer() {
        return first(claim(List.of("iss")));
    }

    /** The subject of a validated token; {@code null} without one. */
    default @Nullable CharSequence tokenSubject() {
        return first(claim(List.of("sub")));
    }

    private static @Nullable CharSequence first(Iterable<? extends CharSequence> values) {
        for (CharSequence value : values) {
            return value;
        }
        return null;
    }

    /** A claim of a validated token by its path, for example {@code [realm_access, roles]}; empty without one. */
    default Iterable<? extends CharSequence> claim(List<String> path) {
        return List.of();
    }
}

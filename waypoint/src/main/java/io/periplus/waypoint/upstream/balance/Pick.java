package io.periplus.waypoint.upstream.balance;

import io.periplus.waypoint.upstream.policy.HashKey;
import org.jspecify.annotations.Nullable;

/** What a request or connection brings to the choice of its endpoint. */
public interface Pick {
    /** Nothing: a first attempt without wishes. */
    Pick PLAIN = new Pick() {};

    /** Whether the endpoint was tried in vain; it is used again only if there is no other. */
    default boolean isTried(Candidate candidate) {
        return false;
    }

    /** The workload uid of the endpoint that has to be used while it can be; null for none. */
    default @Nullable String preferred() {
        return null;
    }

    /** The host that the client asks for, in lower case, without a port; empty if it names none. */
    default String host() {
        return "";
    }

    /** What stands for the client in consistent hashing, null if the client did not bring it. */
    default @Nullable String hashed(HashKey key) {
        return null;
    }
}

package io.periplus.controlplane.auth;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks whoever issues tokens whether one is good. */
@FunctionalInterface
public interface TokenReviewer {
    /**
     * What a good token says.
     *
     * @param groups the user's groups
     * @param extra  claims beside the name, such as the pod's
     */
    record Review(String user, List<String> groups, Map<String, List<String>> extra) {}

    /**
     * Reviews a token; empty when it is not valid for any of the audiences.
     *
     * @throws ReviewUnavailableException when there was no answer
     */
    Optional<Review> review(String token, List<String> audiences) throws ReviewUnavailableException;
}

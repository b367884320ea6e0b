package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.periplus.controlplane.auth.ReviewUnavailableException;
import io.periplus.controlplane.auth.TokenReviewer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reviews tokens at the API server's TokenReview. */
public final class KubeTokenReviewer implements TokenReviewer {
    private final KubernetesClient client;

    public KubeTokenReviewer(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Optional<Review> review(String token, List<String> audiences) throws ReviewUnavailableException {
        TokenReview answer;
        try {
            answer = client.tokenReviews()
                    .create(new TokenReviewBuilder()
                            .withNewSpec()
                            .withToken(token)
                            .withAudiences(audiences)
                            .endSpec()
                            .build());
        } catch (KubernetesClientException e) {
            throw new ReviewUnavailableException("TokenReview: " + e.getMessage(), e);
        }
        var status = answer.getStatus();
        if (status == null || !Boolean.TRUE.equals(status.getAuthenticated()) || status.getUser() == null) {
            return Optional.empty();
        }
        List<String> answered = orEmpty(status.getAudiences());
        if (answered.stream().noneMatch(audiences::contains)) {
            return Optional.empty();
        }
        Map<String, List<String>> extra = status.getUser().getExtra();
        return Optional.of(new Review(
                Inputs.text(status.getUser().getUsername()),
                orEmpty(status.getUser().getGroups()),
                extra == null ? Map.of() : extra));
    }

    private static List<String> orEmpty(@Nullable List<String> list) {
        return list == null ? List.of() : list;
    }
}

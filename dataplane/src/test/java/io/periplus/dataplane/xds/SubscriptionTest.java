package io.periplus.dataplane.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.xds.DeltaDiscoveryRequest;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import io.periplus.wire.xds.Resource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How one type's responses are answered. */
class SubscriptionTest {
    private static final DeltaDiscoveryResponse RESPONSE = DeltaDiscoveryResponse.newBuilder()
            .setNonce("n1")
            .addResources(Resource.newBuilder().setName("a").setVersion("v1"))
            .build();

    @Test
    void aPushThatMakesTheHandlerFailIsRejectedAndAskedForAgain() {
        Subscription subscription = new Subscription(new ResourceHandler() {
            @Override
            public String typeUrl() {
                return "type.googleapis.com/test";
            }

            @Override
            public Map<String, String> apply(List<Resource> changed, List<String> removed) {
                throw new IllegalStateException("a defect");
            }
        });
        DeltaDiscoveryRequest answer = subscription.apply(RESPONSE);
        assertThat(answer.getResponseNonce()).isEqualTo("n1");
        assertThat(answer.getErrorDetail().getMessage()).contains("a: cannot be applied", "a defect");
        assertThat(subscription.isSynced()).isFalse();
        assertThat(subscription.open().getInitialResourceVersionsMap()).isEqualTo(Map.of("a", ""));
    }
}

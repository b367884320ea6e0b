package io.periplus.dataplane.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.periplus.dataplane.policy.PolicyStore;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.authorization.Scope;
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
        Subscription subscription = new Subscription(failing());
        DeltaDiscoveryRequest answer = subscription.apply(RESPONSE);
        assertThat(answer.getResponseNonce()).isEqualTo("n1");
        assertThat(answer.getErrorDetail().getMessage()).contains("a: cannot be applied", "a defect");
        assertThat(subscription.isSynced()).isFalse();
        assertThat(subscription.open().getInitialResourceVersionsMap()).isEqualTo(Map.of("a", ""));
    }

    @Test
    void aRemovalThatMakesTheHandlerFailIsToldAgainOnTheNextStream() {
        Subscription subscription = new Subscription(failing());
        DeltaDiscoveryRequest answer = subscription.apply(
                DeltaDiscoveryResponse.newBuilder().addRemovedResources("a").build());
        assertThat(answer.getErrorDetail().getMessage()).contains("a: cannot be removed", "a defect");
        assertThat(subscription.open().getInitialResourceVersionsMap()).isEqualTo(Map.of("a", ""));
    }

    private static ResourceHandler failing() {
        return new ResourceHandler() {
            @Override
            public String typeUrl() {
                return "type.googleapis.com/test";
            }

            @Override
            public Map<String, String> apply(List<Resource> changed, List<String> removed) {
                throw new IllegalStateException("a defect");
            }
        };
    }

    @Test
    void aPolicyThatCannotBeDecodedHoldsTheTypeBackUntilItCan() {
        PolicyStore policies = new PolicyStore();
        Subscription subscription = new Subscription(PolicyHandler.forZtunnel(policies));
        Authorization deny = Authorization.newBuilder()
                .setName("deny")
                .setNamespace("ns")
                .setScope(Scope.GLOBAL)
                .build();
        ByteString garbage = ByteString.copyFromUtf8("\007");
        assertThat(subscription.apply(push("ns/deny", garbage)).hasErrorDetail())
                .isTrue();
        assertThat(subscription.isSynced()).isFalse();

        subscription.apply(
                push("ns/other", deny.toBuilder().setName("other").build().toByteString()));
        assertThat(subscription.isSynced()).as("another one").isFalse();

        subscription.apply(push("ns/deny", deny.toByteString()));
        assertThat(subscription.isSynced()).isTrue();

        subscription.apply(push("ns/deny", garbage));
        assertThat(policies.current().policies()).as("the earlier one stays").containsKey("ns/deny");
    }

    @Test
    void aPolicyThatIsGoneOrClosesWhatItAppliesToHoldsNothingBack() {
        Subscription gone = new Subscription(PolicyHandler.forZtunnel(new PolicyStore()));
        gone.apply(push("ns/deny", ByteString.copyFromUtf8("\007")));
        gone.apply(DeltaDiscoveryResponse.newBuilder()
                .addRemovedResources("ns/deny")
                .build());
        assertThat(gone.isSynced()).isTrue();

        Subscription unreadable = new Subscription(PolicyHandler.forZtunnel(new PolicyStore()));
        Authorization odd = Authorization.newBuilder()
                .setName("odd")
                .setNamespace("ns")
                .setActionValue(77)
                .build();
        assertThat(unreadable.apply(push("ns/odd", odd.toByteString())).hasErrorDetail())
                .isTrue();
        assertThat(unreadable.isSynced()).isTrue();
    }

    private static DeltaDiscoveryResponse push(String name, ByteString policy) {
        return DeltaDiscoveryResponse.newBuilder()
                .addResources(Resource.newBuilder()
                        .setName(name)
                        .setResource(Any.newBuilder()
                                .setTypeUrl(PolicyHandler.ZTUNNEL_TYPE_URL)
                                .setValue(policy)))
                .build();
    }
}

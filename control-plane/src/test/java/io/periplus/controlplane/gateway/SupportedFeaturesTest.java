package io.periplus.controlplane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a class says that its Gateways can do. */
class SupportedFeaturesTest {
    private static final List<String> RETRIES =
            List.of("HTTPRouteRetry", "HTTPRouteRetryBackendTimeout", "HTTPRouteRetryConnectionError");

    // ST-9
    @Test
    void namesAreSortedAndNotOfTheMesh() {
        List<String> all = SupportedFeatures.of(field -> true);
        assertThat(all).isSorted().doesNotHaveDuplicates().noneMatch(name -> name.startsWith("Mesh"));
    }

    // RT-1, RT-3, RT-5: built, but a definition of the standard channel drops the field
    @Test
    void retriesAreThereWhereTheFieldIs() {
        assertThat(SupportedFeatures.of(SupportedFeatures.RETRY::equals)).containsAll(RETRIES);
        assertThat(SupportedFeatures.of(field -> false)).doesNotContainAnyElementsOf(RETRIES);
    }
}

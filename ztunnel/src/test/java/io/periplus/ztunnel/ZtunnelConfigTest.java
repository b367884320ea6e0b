package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ZtunnelConfigTest {
    @Test
    void theDefaultsAreUpstreams() {
        ZtunnelConfig config = ZtunnelConfig.of(Map.of());

        assertThat(config.xdsAddress()).isEqualTo("https://istiod.istio-system.svc:15012");
        assertThat(config.caAddress()).isEqualTo(config.xdsAddress());
        assertThat(config.agentSocket()).hasToString("/var/run/ztunnel/ztunnel.sock");
        assertThat(config.secretTtl()).isEqualTo(Duration.ofHours(24));
        assertThat(config.drain()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.sockets().mark()).isEqualTo(1337);
        assertThat(config.hbone().streamsPerConnection()).isEqualTo(100);
        assertThat(config.hbone().streamWindow()).isEqualTo(4 << 20);
        assertThat(config.hbone().connectionWindow()).isEqualTo(16 << 20);
        assertThat(config.features().baggage()).isTrue();
    }

    @Test
    void theDrainDeadlineFollowsTheGracePeriod() {
        assertThat(drain(Map.of("TERMINATION_GRACE_PERIOD_SECONDS", "30"))).isEqualTo(Duration.ofSeconds(25));
        assertThat(drain(Map.of("TERMINATION_GRACE_PERIOD_SECONDS", "4"))).isEqualTo(Duration.ofSeconds(3));
        assertThat(drain(Map.of("TERMINATION_GRACE_PERIOD_SECONDS", "30", "CONNECTION_TERMINATION_DEADLINE", "250ms")))
                .isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void aValueThatCannotBeUsedIsNamedWithWhatIsExpected() {
        assertThatThrownBy(() -> ZtunnelConfig.of(Map.of("PACKET_MARK", "zero")))
                .hasMessage("PACKET_MARK: zero (expected: 1 to 2147483647)");
        assertThatThrownBy(() -> ZtunnelConfig.of(Map.of("SECRET_TTL", "a day")))
                .hasMessage("SECRET_TTL: a day (expected: a duration such as 90s or 5m)");
        assertThatThrownBy(() -> ZtunnelConfig.of(Map.of("KEEPALIVE_ENABLED", "maybe")))
                .hasMessage("KEEPALIVE_ENABLED: maybe (expected: true or false)");
        assertThatThrownBy(() -> ZtunnelConfig.of(Map.of("COMPLIANCE_POLICY", "none")))
                .hasMessageContaining("expected: pqc, fips-140-2");
    }

    private static Duration drain(Map<String, String> env) {
        return ZtunnelConfig.of(env).drain();
    }
}

package io.periplus.waypoint.upstream.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.periplus.wire.waypoint.ConnectionPool;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long connections may be idle. */
class PoolSettingsTest {
    @Test
    void zeroIsNeverAndAbsentIsTheProxysOwnDefault() {
        assertThat(PoolSettings.DEFAULT.tcpIdle()).isNull();
        assertThat(idle(Durations.ZERO)).isEqualTo(Duration.ZERO);
        assertThat(idle(Durations.fromHours(24))).isEqualTo(Duration.ofHours(24));
    }

    private static Duration idle(com.google.protobuf.Duration idle) {
        return PoolSettings.of(
                        ConnectionPool.newBuilder().setTcpIdleTimeout(idle).build())
                .tcpIdle();
    }
}

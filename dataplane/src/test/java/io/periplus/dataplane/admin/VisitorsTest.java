package io.periplus.dataplane.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class VisitorsTest {
    private final Visitors visitors = new Visitors();

    @Test
    void oneClientCannotTakeAllPlaces() {
        int clients = Visitors.MAX / Visitors.MAX_EACH;
        for (int i = 1; i <= clients; i++) {
            for (int place = 0; place < Visitors.MAX_EACH; place++) {
                assertThat(visitors.enter(client(i))).isTrue();
            }
            assertThat(visitors.enter(client(i))).isFalse();
        }
        assertThat(visitors.enter(client(100))).isFalse();

        visitors.leave(client(1));
        assertThat(visitors.enter(client(100))).isTrue();
        assertThat(visitors.enter(client(1))).isFalse();
    }

    private static InetAddress client(int number) {
        return InetAddress.ofLiteral("10.0.0." + number);
    }
}

package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.dataplane.policy.Decision;
import io.periplus.dataplane.policy.Marks;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PolicyLogTest {
    private static final ConnectionAttributes CART = new ConnectionAttributes(
            new SpiffeId("cluster.local", "shop", "cart"),
            IpAddress.parse("10.0.0.1"),
            IpAddress.parse("10.0.0.2"),
            8080);
    private static final String WHO = "10.0.0.1 (spiffe://cluster.local/ns/shop/sa/cart) to 10.0.0.2:8080: ";

    private final Logger logger = Logger.getLogger("rbac");
    private final List<String> lines = new ArrayList<>();
    private final Handler recorder = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(line.getLevel() + " " + line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void record() {
        logger.addHandler(recorder);
        logger.setUseParentHandlers(false);
    }

    @AfterEach
    void restore() {
        logger.removeHandler(recorder);
        logger.setUseParentHandlers(true);
        logger.setLevel(null);
    }

    @Test
    void everyDecisionIsALineForThoseWhoDebugAndForThoseWhoAskForIt() {
        new PolicyLog(false).decided(CART, Decision.NO_POLICY, null);
        assertThat(lines).isEmpty();

        new PolicyLog(true).decided(CART, Decision.NO_POLICY, null);
        new PolicyLog(true).decided(CART, new Decision.Allowed("shop/only-cart", 0), null);
        logger.setLevel(Level.FINE);
        new PolicyLog(false).decided(CART, Decision.NO_POLICY, null);

        assertThat(lines)
                .containsExactly(
                        "INFO " + WHO + "allowed: no policy allows only others",
                        "INFO " + WHO + "allowed by: shop/only-cart",
                        "FINE " + WHO + "allowed: no policy allows only others");
    }

    @Test
    void whatDryRunsWouldHaveDecidedIsSaidBesidesTheDecision() {
        Marks marks =
                new Marks(List.of(), new Marks.DryRun(false, "shop/no-cart", 0), new Marks.DryRun(false, null, -1));

        new PolicyLog(true)
                .decided(
                        CART,
                        new Decision.Denied(Decision.Cause.DENY_POLICY, "shop/nobody", 0, "", "it says so"),
                        marks);

        assertThat(lines)
                .containsExactly(
                        "INFO " + WHO + "denied: explicitly denied by: shop/nobody",
                        "INFO " + WHO + "would be denied by the DENY policies in dry run: shop/no-cart",
                        "INFO " + WHO + "would be denied by the ALLOW policies in dry run");
    }
}

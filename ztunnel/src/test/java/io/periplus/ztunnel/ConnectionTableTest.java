package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.dataplane.policy.Decision;
import io.periplus.wire.authorization.Action;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.authorization.Group;
import io.periplus.wire.authorization.Match;
import io.periplus.wire.authorization.Rules;
import io.periplus.wire.authorization.Scope;
import io.periplus.wire.workload.Workload;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that come in the moment in which their destination's record changes. */
@Timeout(60)
final class ConnectionTableTest {
    private static final int ROUNDS = 5_000;
    private static final ConnectionAttributes ANYBODY =
            new ConnectionAttributes(null, IpAddress.parse("10.1.0.1"), IpAddress.parse("10.1.0.2"), 8080);
    private static final Workload OPEN = Workload.newBuilder()
            .setUid("cluster1//Pod/shop/stock")
            .setName("stock")
            .setNamespace(TestNode.NAMESPACE)
            .build();
    private static final Workload CLOSED =
            OPEN.toBuilder().addAuthorizationPolicies("shop/nobody").build();

    @Test
    void aRecordThatChangesMeanwhileIsTheOneThatIsJudgedBy() throws Exception {
        try (TestNode node = new TestNode()) {
            node.policy(Authorization.newBuilder()
                    .setName("nobody")
                    .setNamespace(TestNode.NAMESPACE)
                    .setScope(Scope.WORKLOAD_SELECTOR)
                    .setAction(Action.DENY)
                    .addGroups(Group.newBuilder()
                            .addRules(Rules.newBuilder()
                                    .addMatches(Match.newBuilder().addDestinationPorts(8080))))
                    .build());
            CyclicBarrier together = new CyclicBarrier(2);
            Thread publisher = Thread.ofPlatform().daemon().start(() -> {
                for (int i = 0; i < ROUNDS; i++) {
                    node.publish(OPEN);
                    meet(together);
                    node.publish(CLOSED);
                    meet(together);
                    meet(together); // It is judged.
                }
            });
            for (int i = 0; i < ROUNDS; i++) {
                meet(together);
                try (ConnectionTable.Entry entry = node.connections.register(OPEN, ANYBODY, _ -> {})) {
                    meet(together);
                    assertThat(entry.judge()).isInstanceOf(Decision.Denied.class);
                    meet(together);
                }
            }
            publisher.join();
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}

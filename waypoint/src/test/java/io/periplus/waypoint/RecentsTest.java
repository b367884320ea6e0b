package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.why.Seen;
import io.periplus.api.why.Verdict;
import io.periplus.dataplane.explain.SeenQuery;
import io.periplus.waypoint.explain.Recents;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.EndpointScope;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.workload.AppProtocol;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a waypoint remembers of real requests. */
class RecentsTest {
    private static final int MANY = 300;
    private final Recents recents = new Recents();
    private Rig rig;
    private Application application;

    @BeforeEach
    void start() {
        rig = new Rig(recents);
        application = new Application("127.0.1.1", 0, "hello");
        rig.service(AppProtocol.HTTP11, application.port(), "127.0.1.1");
        rig.policies(AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("get-only")
                .setEndpointScope(EndpointScope.NAMESPACE)
                .addRules(Rule.newBuilder().addTo(Operation.newBuilder().addMethods("GET")))
                .build());
    }

    @AfterEach
    void stop() {
        application.close();
        rig.close();
    }

    private List<Seen> seen(SeenQuery query) {
        return query.among(rig.waypoint.onEachLoop(recents::ofThisLoop));
    }

    @Test
    void aRefusalIsFoundByItsIdWithTheDecisionHoweverManyRequestsFollow() throws Exception {
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            RawClient.Answer denied = client.send(
                            "POST /ledger HTTP/1.1\r\nHost: accounts\r\nContent-Length: 0\r\n\r\n")
                    .answer();
            assertThat(denied.status()).isEqualTo(403);
            for (int i = 0; i < MANY; i++) {
                assertThat(client.get("/" + i).status()).isEqualTo(200);
            }
            assertThat(seen(new SeenQuery(denied.header("x-request-id"), null, 10)))
                    .singleElement()
                    .satisfies(one -> {
                        assertThat(one.verdict()).isEqualTo(Verdict.DENIED);
                        assertThat(one.status()).isEqualTo(403);
                        assertThat(one.what()).isEqualTo("POST accounts/ledger");
                        assertThat(one.client()).isEqualTo(Rig.FINANCE.toString());
                        assertThat(one.decidedBy()).isEqualTo("AuthorizationPolicy accounts/get-only");
                        assertThat(one.question().http().path()).isEqualTo("/ledger");
                    });
        }
        List<Seen> last = seen(new SeenQuery(null, "127.0.0.1", 3));
        assertThat(last).hasSize(3).allSatisfy(one -> assertThat(one.verdict()).isEqualTo(Verdict.ALLOWED));
        assertThat(last.getFirst().endpoint()).startsWith("127.0.1.1:");
        assertThat(seen(new SeenQuery(null, "127.0.0.99", 3))).isEmpty();
    }

    @Test
    void longTextsAreCutAndHeadersForgotten() throws Exception {
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            client.send("POST /" + "a".repeat(1000)
                            + " HTTP/1.1\r\nHost: accounts\r\nAuthorization: secret\r\nContent-Length: 0\r\n\r\n")
                    .answer();
        }
        Seen one = seen(new SeenQuery(null, null, 1)).getFirst();
        assertThat(one.what()).hasSizeLessThan(300);
        assertThat(one.question().http().headers()).isEmpty();
    }
}

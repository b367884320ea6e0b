package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What {@code why} says of the sample, next to what happens. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WhyTest {
    private static final Cluster CLUSTER = Lab.cluster1();
    private static final int DENIED = 10;
    private static final Duration SOON = Duration.ofSeconds(30);

    @BeforeAll
    static void deploy() {
        Sample.deploy(CLUSTER);
        Sample.client(CLUSTER, "bystander", false);
    }

    @AfterAll
    static void remove() {
        Sample.reset(CLUSTER);
        CLUSTER.kubectl("delete", "namespace", "bystander", "--wait=false")
                .run()
                .succeeds();
    }

    private static Command.Result why(String namespace, String... words) {
        return CLUSTER.istioctl("why", "-n", namespace, "deploy/curl")
                .plus(words)
                .run();
    }

    @Test
    @Order(1)
    void withoutAWaypointTheTwoZtunnelsAnswer() {
        assertThat(CLUSTER.status("finance", "GET")).isEqualTo("200");
        why("finance", "--to", "accounts.accounts:8080")
                .succeeds()
                .prints("ALLOWED: GET http://accounts.accounts:8080/ from pod finance/curl-")
                .prints("label istio.io/dataplane-mode=ambient of Namespace finance")
                .prints("service accounts/accounts.accounts.svc.cluster.local")
                .prints("spiffe://cluster.local/ns/finance/sa/curl")
                .prints("2. ztunnel istio-system/ztunnel-");
    }

    @Test
    @Order(2)
    void aPodOutsideTheMeshIsSaidToBeSo() {
        Sample.policy(CLUSTER, "allow-from-finance");
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(CLUSTER.status("bystander", "GET")).isEqualTo("000"));
        why("bystander", "--to", "accounts.accounts:8080")
                .exits(DENIED)
                .prints("DENIED: GET")
                .prints("decided by AuthorizationPolicy accounts/allow-from-finance at ztunnel")
                .prints("not captured")
                .prints("label istio.io/dataplane-mode=none of Namespace bystander");
    }

    @Test
    @Order(3)
    void throughTheWaypointGetIsAllowedAndPostDeniedByThePolicyThatSaysSo() {
        Sample.applyWaypoint(CLUSTER);
        Sample.awaitWaypoint(CLUSTER);
        Sample.policy(CLUSTER, "allow-get-only");
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(CLUSTER.status("finance", "POST")).isEqualTo("403"));
        assertThat(CLUSTER.status("finance", "GET")).isEqualTo("200");
        why("finance", "--to", "accounts.accounts:8080")
                .succeeds()
                .prints("by label istio.io/use-waypoint=waypoint of Namespace accounts")
                .prints("2. waypoint accounts/waypoint-")
                .prints("ALLOW policy accounts/allow-get-only rule 0 matches")
                .prints("3. ztunnel istio-system/ztunnel-");
        why("finance", "--to", "accounts.accounts:8080", "-X", "POST")
                .exits(DENIED)
                .prints("DENIED: POST http://accounts.accounts:8080/")
                .prints("decided by AuthorizationPolicy accounts/allow-get-only at waypoint accounts/waypoint-")
                .prints("methods would have to be \"GET\" (is \"POST\")");
        why("finance", "--to", "accounts.accounts:8080", "-X", "POST", "-o", "json")
                .exits(DENIED)
                .prints("\"verdict\": \"denied\"")
                .prints("\"decidedBy\": \"AuthorizationPolicy accounts/allow-get-only\"");
    }

    @Test
    @Order(4)
    void aRefusalIsFoundByTheIdThatItCarries() {
        String head = CLUSTER.curl("finance", "-i", "-X", "POST", Sample.URL + "/ledger")
                .run()
                .succeeds()
                .out();
        String id = head.lines()
                .filter(line -> line.startsWith("x-request-id: "))
                .map(line -> line.substring("x-request-id: ".length()).strip())
                .findFirst()
                .orElseThrow(() -> new AssertionError(head));
        CLUSTER.istioctl("why", "--id", id)
                .run()
                .exits(DENIED)
                .prints("DENIED 403 POST accounts.accounts.svc.cluster.local:8080/ledger")
                .prints("AuthorizationPolicy accounts/allow-get-only")
                .prints("Asked again now");
        CLUSTER.istioctl("why", "--id", "no-such-id").run().exits(1).complains("no waypoint or gateway remembers");
    }

    @Test
    @Order(5)
    void theLastRequestsOfAClientAreRemembered() {
        CLUSTER.curl("finance", Sample.URL + "/remember-me").run().succeeds();
        why("finance", "--last", "20")
                .succeeds()
                .prints("ALLOWED 200 GET accounts.accounts.svc.cluster.local:8080/remember-me")
                .prints("outgoing connection to ");
    }

    @Test
    @Order(6)
    void theSameIsJudgedWithoutACluster() {
        Lab.periplus(
                        "policy",
                        "test",
                        "-f",
                        "samples/accounts/cluster1.yaml",
                        "-f",
                        "samples/policy-test/waypoint.yaml",
                        "-f",
                        "samples/accounts/allow-from-finance.yaml",
                        "-f",
                        "samples/accounts/allow-get-only.yaml",
                        "-f",
                        "samples/policy-test/cases.yaml")
                .run()
                .succeeds()
                .prints("4 cases, 0 failed");
    }
}

package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.why.Answer;
import io.periplus.api.why.Caller;
import io.periplus.api.why.PodName;
import io.periplus.api.why.ProxyName;
import io.periplus.api.why.Question;
import io.periplus.api.why.Verdict;
import io.periplus.api.why.WhyJson;
import io.periplus.dataplane.admin.AdminRequest;
import io.periplus.dataplane.admin.AdminResponse;
import io.periplus.wire.authorization.Action;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.authorization.Group;
import io.periplus.wire.authorization.Match;
import io.periplus.wire.authorization.Rules;
import io.periplus.wire.authorization.Scope;
import io.periplus.wire.authorization.StringMatch;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.WorkloadStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What ztunnel says it would do with connections of real pods, and what it does. */
@Timeout(30)
final class WhyTest {
    private static final String VIP = "10.96.0.7";
    private static final int PORT = 8080;
    private static final ProxyName SELF = new ProxyName("ztunnel", "istio-system", "ztunnel-1", "node1");
    private static final PodName CART = new PodName(TestNode.NAMESPACE, "cart");
    private static final PodName STOCK = new PodName(TestNode.NAMESPACE, "stock");

    private final PodNetwork network = new PodNetwork();
    private final TestNode node = new TestNode();
    private final WhyPage page = new WhyPage(SELF, node.node, node.pods, "cluster.local");
    private PodHost cart;
    private PodHost stock;
    private PodHost outside;
    private PodHost.EchoApp app;

    @BeforeEach
    void pods() throws IOException {
        cart = network.pod("cart", true);
        stock = network.pod("stock", true);
        outside = network.pod("outside", false);
        app = stock.echo(PORT);
        node.enrol(cart);
        node.enrol(stock, "stock");
        node.publish(TestNode.service("stock", VIP, 80, PORT).build());
    }

    @AfterEach
    void close() throws IOException {
        app.close();
        node.close();
        network.close();
    }

    private static Authorization onlyFrom(String account) {
        return Authorization.newBuilder()
                .setName("only-" + account)
                .setNamespace(TestNode.NAMESPACE)
                .setScope(Scope.NAMESPACE)
                .setAction(Action.ALLOW)
                .addGroups(Group.newBuilder()
                        .addRules(Rules.newBuilder()
                                .addMatches(Match.newBuilder()
                                        .addPrincipals(StringMatch.newBuilder().setSuffix("/sa/" + account)))))
                .build();
    }

    @Test
    void aServiceIsFoundByTheNameThatTheClientUses() {
        for (String name : List.of("stock", "stock.shop", "stock.shop.svc", "stock.shop.svc.cluster.local", VIP)) {
            Answer answer = page.answer(Question.ofSource(CART, name, 80));
            assertThat(answer.verdict()).as(name).isEqualTo(Verdict.ALLOWED);
            assertThat(answer.target().name()).isEqualTo("shop/stock.shop.svc.cluster.local");
            assertThat(answer.next().pod()).isEqualTo(STOCK);
            assertThat(answer.next().authority()).isEqualTo(stock.address() + ":" + PORT);
            assertThat(answer.next().identity()).isEqualTo("spiffe://cluster.local/ns/shop/sa/cart");
        }
    }

    @Test
    void endpointsThatCannotBeUsedAreShownWithTheReason() {
        node.publish(TestNode.workload(outside, TunnelProtocol.NONE, "stock")
                .setStatus(WorkloadStatus.UNHEALTHY)
                .build());
        Answer answer = page.answer(Question.ofSource(CART, "stock", 80));
        assertThat(answer.endpoints().endpoints())
                .anySatisfy(endpoint -> {
                    assertThat(endpoint.workload()).isEqualTo("shop/outside");
                    assertThat(endpoint.usable()).isFalse();
                    assertThat(endpoint.why()).isEqualTo("is not ready");
                })
                .anySatisfy(endpoint -> assertThat(endpoint.chosen()).isTrue());
    }

    @Test
    void aPortThatNobodyDeclaredFailsAndTheDeclaredOnesAreNamed() {
        Answer answer = page.answer(Question.ofSource(CART, "stock", 81));
        assertThat(answer.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(answer.reason()).contains("no port 81");
        assertThat(answer.advice()).containsExactly("ask for a port that the service declares: 80");
    }

    @Test
    void whatIsSaidOfAClientIsWhatItMeets() throws IOException {
        node.policy(onlyFrom("cart"));
        Question asked = Question.ofDestination(
                STOCK,
                stock.address(),
                PORT,
                new Caller("spiffe://cluster.local/ns/shop/sa/cart", cart.address()),
                true);
        assertThat(page.answer(asked).verdict()).isEqualTo(Verdict.ALLOWED);
        assertThat(cart.call(VIP, 80, "ahoy")).isEqualTo("ahoy");

        node.policy(onlyFrom("cart").toBuilder()
                .setAction(Action.DENY)
                .setName("not-cart")
                .build());
        Answer denied = page.answer(asked);
        assertThat(denied.verdict()).isEqualTo(Verdict.DENIED);
        assertThat(denied.decidedBy()).isEqualTo("AuthorizationPolicy shop/not-cart");
        assertThat(denied.judgements().getFirst().considered())
                .extracting("policy")
                .contains("shop/not-cart", "shop/only-cart");
        Answer plain = page.answer(
                Question.ofDestination(STOCK, stock.address(), PORT, new Caller(null, outside.address()), false));
        assertThat(plain.verdict()).isEqualTo(Verdict.DENIED);
        assertThat(plain.decidedBy()).isEqualTo("AuthorizationPolicy shop/only-cart");
    }

    @Test
    void aPodThatIsNotServedIsOutsideAndPassesEveryWaypointBy() {
        node.publish(TestNode.workload(outside, TunnelProtocol.NONE).build());
        Answer answer = page.answer(Question.ofSource(new PodName("shop", "outside"), "stock", 80));
        assertThat(answer.captured()).isFalse();
        assertThat(answer.next().tunnel()).isFalse();
        assertThat(answer.next().identity()).isNull();
        assertThat(answer.next().pod()).isEqualTo(STOCK);
    }

    @Test
    void questionsAndAnswersAreJson() throws IOException {
        AdminResponse response = post(WhyJson.write(Question.ofSource(CART, "stock", 80)));
        assertThat(response.status()).isEqualTo(200);
        Answer read = WhyJson.read(response.body(), Answer.class);
        assertThat(WhyJson.tree(read).at("/verdict").asText()).isEqualTo("allowed");
        assertThat(post("{\"side\": \"source\"".getBytes(StandardCharsets.UTF_8))
                        .status())
                .isEqualTo(400);
        assertThat(post("{\"side\": \"waypoint\", \"pod\": {\"namespace\": \"a\", \"name\": \"b\"}}"
                                .getBytes(StandardCharsets.UTF_8))
                        .status())
                .isEqualTo(400);
    }

    private AdminResponse post(byte[] body) {
        return page.answer(new AdminRequest("POST", "/why", Map.of(), List.of(), body, true));
    }
}

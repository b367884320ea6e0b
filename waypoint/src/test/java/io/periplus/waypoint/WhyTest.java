package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.SpiffeId;
import io.periplus.api.why.Answer;
import io.periplus.api.why.Caller;
import io.periplus.api.why.HeaderField;
import io.periplus.api.why.HttpQuestion;
import io.periplus.api.why.Judgement;
import io.periplus.api.why.ProxyName;
import io.periplus.api.why.Question;
import io.periplus.api.why.RouteTaken;
import io.periplus.api.why.Verdict;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.explain.Judgements;
import io.periplus.dataplane.http.PathNormalization;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.dataplane.policy.Explanation;
import io.periplus.waypoint.exchange.Admission;
import io.periplus.waypoint.exchange.UnsentRequest;
import io.periplus.waypoint.explain.Heads;
import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.EndpointScope;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.ServiceTarget;
import io.periplus.wire.waypoint.Source;
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the waypoint says it would do is what it does. */
class WhyTest {
    private static final ProxyName SELF = new ProxyName("waypoint", "accounts", "waypoint-1", "");
    private static final List<String> METHODS = List.of("GET", "POST", "DELETE");
    private static final List<String> PATHS = List.of("/", "/a", "/a/b", "/a/../b", "/%61/b", "/c?x=1", "//a");
    private Rig rig;
    private Scripted one;
    private Scripted two;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig();
        one = new Scripted("127.0.1.1", 0, request -> Scripted.answer(200, "X-From: one\r\n", "one"));
        two = new Scripted("127.0.1.2", one.port(), request -> Scripted.answer(200, "X-From: two\r\n", "two"));
        rig.service(AppProtocol.HTTP11, one.port(), "127.0.1.1");
        rig.backend("one", AppProtocol.HTTP11, one.port(), "127.0.1.1");
        rig.backend("two", AppProtocol.HTTP11, one.port(), "127.0.1.2");
    }

    @AfterEach
    void stop() throws IOException {
        one.close();
        two.close();
        rig.close();
    }

    /** A request with one header that policies and routes ask about. */
    private record Asked(SpiffeId client, String method, String path, String team) {}

    private Answer why(Asked asked) {
        List<HeaderField> headers = asked.team.isEmpty() ? List.of() : List.of(new HeaderField("X-Team", asked.team));
        Question question = Question.ofWaypoint(
                Rig.VIP,
                8080,
                new Caller(asked.client.toString(), "127.0.0.1"),
                new HttpQuestion(asked.method, asked.path, "accounts:8080", headers),
                "");
        return rig.waypoint.why(SELF, question).join();
    }

    private RawClient.Answer really(Asked asked) throws IOException {
        String team = asked.team.isEmpty() ? "" : "X-Team: " + asked.team + "\r\n";
        try (RawClient client = new RawClient(rig.client(asked.client))) {
            return client.send(asked.method + " " + asked.path + " HTTP/1.1\r\nHost: accounts:8080\r\n" + team
                            + "Content-Length: 0\r\n\r\n")
                    .answer();
        }
    }

    // ---- the property

    @Test
    void theAnswerAndTheDeedAgreeAboutAnyPoliciesRoutesAndRequests() throws Exception {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            rig.policies.apply(List.of(), rig.policies.current().policies().keySet());
            rig.policies(policies(random).toArray(AuthorizationPolicy[]::new));
            if (random.nextBoolean()) {
                rig.route(
                        "matches { headers { name: 'x-team' value { value: 'blue' } } } " + Rig.to("two", 1),
                        "matches { path { type: PATH_PREFIX value: '/a' } } " + Rig.to("one", 1),
                        "matches { path { type: PATH_PREFIX value: '/b' } } " + Rig.to("one", 1) + Rig.to("two", 1));
            }
            for (int i = 0; i < 6; i++) {
                agree(seed, request(random));
            }
        }
    }

    private void agree(int seed, Asked asked) throws IOException {
        Answer said = why(asked);
        RawClient.Answer done = really(asked);
        String what = "seed " + seed + ", " + asked + ", " + said;
        assertThat(said.judgements().getFirst()).as(what).isEqualTo(unsent(said, asked));
        switch (done.status()) {
            case 200 -> {
                assertThat(said.verdict()).as(what).isEqualTo(Verdict.ALLOWED);
                String endpoint = done.body().equals("one") ? "127.0.1.1" : "127.0.1.2";
                assertThat(said.next()).as(what).isNotNull();
                assertThat(said.next().authority()).as(what).startsWith(endpoint + ":");
            }
            case 403 -> {
                assertThat(said.verdict()).as(what).isEqualTo(Verdict.DENIED);
                assertThat(said.decidedBy()).as(what).startsWith("AuthorizationPolicy accounts/");
                assertThat(said.advice()).as(what).isNotEmpty();
            }
            case 404 -> {
                assertThat(said.verdict()).as(what).isEqualTo(Verdict.FAILED);
                assertThat(said.reason()).as(what).contains("status 404");
            }
            default -> throw new AssertionError(done.status() + " for " + what);
        }
    }

    /** What the same policies say of a request that is only thought of, as cases without a cluster are. */
    private Judgement unsent(Answer said, Asked asked) {
        List<HeaderField> headers = asked.team.isEmpty() ? List.of() : List.of(new HeaderField("X-Team", asked.team));
        HttpQuestion question = new HttpQuestion(asked.method, asked.path, "accounts:8080", headers);
        UnsentRequest request =
                new UnsentRequest(Heads.of(question, false, "", PathNormalization.BASE), Admission.MESH, false);
        IpAddress client = IpAddress.parse("127.0.0.1");
        Explanation explanation = rig.policies
                .current()
                .explainService(
                        "accounts",
                        Rig.HOSTNAME,
                        request.attributes(
                                new ConnectionAttributes(asked.client, client, IpAddress.parse(Rig.VIP), 8080)));
        return Judgements.of(said.judgements().getFirst().point(), explanation);
    }

    private static Asked request(Random random) {
        return new Asked(
                random.nextBoolean() ? Rig.FINANCE : Rig.OTHER,
                METHODS.get(random.nextInt(METHODS.size())),
                PATHS.get(random.nextInt(PATHS.size())),
                List.of("", "blue", "red").get(random.nextInt(3)));
    }

    private static List<AuthorizationPolicy> policies(Random random) {
        List<AuthorizationPolicy> policies = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            var policy = AuthorizationPolicy.newBuilder()
                    .setNamespace("accounts")
                    .setName("p" + i)
                    .setDryRun(random.nextInt(6) == 0)
                    .setAction(List.of(Action.ALLOW, Action.ALLOW, Action.DENY, Action.AUDIT)
                            .get(random.nextInt(4)));
            if (random.nextBoolean()) {
                policy.addTargets(Target.newBuilder()
                        .setService(ServiceTarget.newBuilder()
                                .setNamespace("accounts")
                                .setHostname(Rig.HOSTNAME)));
            } else {
                policy.setEndpointScope(EndpointScope.NAMESPACE);
            }
            for (int rules = random.nextInt(3); rules >= 0; rules--) {
                policy.addRules(rule(random));
            }
            policies.add(policy.build());
        }
        return policies;
    }

    private static Rule rule(Random random) {
        Rule.Builder rule = Rule.newBuilder();
        if (random.nextInt(3) > 0) {
            String namespace = random.nextBoolean() ? "finance" : "other";
            rule.addFrom(
                    random.nextInt(3) > 0
                            ? Source.newBuilder().addNamespaces(namespace)
                            : Source.newBuilder().addNotNamespaces(namespace));
        }
        if (random.nextBoolean()) {
            Operation.Builder operation = Operation.newBuilder();
            if (random.nextBoolean()) {
                operation.addMethods(METHODS.get(random.nextInt(METHODS.size())));
            } else {
                operation.addPaths(List.of("/a*", "/b", "*/b", "/").get(random.nextInt(4)));
            }
            rule.addTo(operation);
        }
        if (random.nextInt(4) == 0) {
            rule.addWhen(io.periplus.wire.waypoint.Condition.newBuilder()
                    .setKey("request.headers[x-team]")
                    .addValues("red"));
        }
        return rule.build();
    }

    // ---- single answers

    @Test
    void theAnswerNamesRouteBackendsAndEndpoint() throws Exception {
        rig.route(
                "matches { headers { name: 'x-team' value { value: 'blue' } } } " + Rig.to("two", 1), Rig.to("one", 1));
        Answer answer = why(new Asked(Rig.FINANCE, "GET", "/", "blue"));
        assertThat(answer.route().match()).isEqualTo("by header x-team=blue");
        assertThat(answer.route().rule()).isZero();
        assertThat(answer.route().backends())
                .containsExactly(new RouteTaken.Share("accounts/two.accounts.svc.cluster.local:8080", 1, true));
        assertThat(answer.endpoints().endpoints()).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.workload()).isEqualTo("accounts/two-127.0.1.2");
            assertThat(endpoint.chosen()).isTrue();
        });
        assertThat(answer.next().identity()).isEqualTo("spiffe://cluster.local/ns/accounts/sa/default");
        assertThat(answer.next().expects()).containsExactly("spiffe://cluster.local/ns/accounts/sa/accounts");
    }

    @Test
    void askingTakesNobodysTurn() throws Exception {
        rig.route(Rig.to("one", 1) + Rig.to("two", 1));
        Asked asked = new Asked(Rig.FINANCE, "GET", "/", "");
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String said = why(asked).next().authority();
            assertThat(why(asked).next().authority()).isEqualTo(said);
            String body = really(asked).body();
            assertThat(said).startsWith(body.equals("one") ? "127.0.1.1:" : "127.0.1.2:");
            bodies.add(body);
        }
        assertThat(bodies).contains("one", "two");
    }

    @Test
    void anAddressThatThisWaypointDoesNotServeIsSaidSo() {
        Answer answer = rig.waypoint
                .why(
                        SELF,
                        Question.ofWaypoint(
                                "10.96.0.99", 8080, new Caller(Rig.FINANCE.toString(), "127.0.0.1"), null, ""))
                .join();
        assertThat(answer.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(answer.reason()).contains("no service or workload of this waypoint");
    }

    @Test
    void aRefusalTellsTheIdOfItsRequest() throws Exception {
        rig.policies(AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("nobody")
                .setEndpointScope(EndpointScope.NAMESPACE)
                .build());
        assertThat(really(new Asked(Rig.FINANCE, "GET", "/", "")).header("x-request-id"))
                .hasSize(36);
    }

    @Test
    void aCustomPolicyThatHasNobodyToAskRefusesAndIsNamed() throws Exception {
        rig.policies(AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("ask")
                .setAction(Action.CUSTOM)
                .addTargets(Target.newBuilder()
                        .setService(ServiceTarget.newBuilder()
                                .setNamespace("accounts")
                                .setHostname(Rig.HOSTNAME)))
                .addRules(Rule.getDefaultInstance())
                .build());
        Asked asked = new Asked(Rig.FINANCE, "GET", "/", "");
        assertThat(really(asked).status()).isEqualTo(403);
        assertThat(why(asked).verdict()).isEqualTo(Verdict.DENIED);
        assertThat(why(asked).decidedBy()).isEqualTo("AuthorizationPolicy accounts/ask");
        Question bytes = Question.ofWaypoint(Rig.VIP, 8080, new Caller(Rig.FINANCE.toString(), "127.0.0.1"), null, "");
        Answer answer = rig.waypoint.why(SELF, bytes).join();
        assertThat(answer.verdict()).isEqualTo(Verdict.DENIED);
        assertThat(answer.decidedBy()).isEqualTo("AuthorizationPolicy accounts/ask");
    }

    @Test
    void oneProviderThatCannotBeAskedIsEnoughForARefusal() throws Exception {
        CustomPolicies.apply(rig, CustomPolicies.grpc("there"));
        rig.policies(CustomPolicies.custom("first", "there"), CustomPolicies.custom("second", "missing"));
        Answer answer = why(new Asked(Rig.FINANCE, "GET", "/private", ""));
        assertThat(answer.verdict()).isEqualTo(Verdict.DENIED);
        assertThat(answer.decidedBy()).isEqualTo("AuthorizationPolicy accounts/second");
    }
}

package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Time that requests may take, and attempts that are made again. */
class RetryTest {
    private static final String RETRY = "retry { codes: 503 codes: 500 attempts: 2 backoff { nanos: 1000000 } } ";
    private Rig rig;
    private Scripted application;

    @BeforeEach
    void start() {
        rig = new Rig();
    }

    @AfterEach
    void stop() throws IOException {
        application.close();
        rig.close();
    }

    private RawClient serve(String rule, Function<Scripted.Request, String> script) throws IOException {
        application = new Scripted(
                "127.0.1.1", 0, request -> request.path().equals("/warm") ? Scripted.ok("") : script.apply(request));
        rig.service(AppProtocol.HTTP11, application.port(), "127.0.1.1");
        rig.backend("one", AppProtocol.HTTP11, application.port(), "127.0.1.1");
        rig.route(Rig.to("one", 1));
        RawClient client = new RawClient(rig.client(Rig.FINANCE));
        // Handshakes and class loading are no part of the times below.
        assertThat(client.get("/warm").status()).isEqualTo(200);
        application.requests.clear();
        rig.route(rule + Rig.to("one", 1));
        return client;
    }

    private static RawClient.Answer post(RawClient client, String fields, String body) throws IOException {
        return client.send("POST / HTTP/1.1\r\nHost: a\r\n" + fields + "Content-Length: " + body.length() + "\r\n\r\n"
                        + body)
                .answer();
    }

    // ---- attempts

    @Test
    void aListedStatusIsTriedAgainWithTheSameBody() throws Exception {
        try (RawClient client = serve(
                RETRY,
                request -> request.number() < 3 ? Scripted.answer(503, "", "busy") : Scripted.ok(request.body()))) {
            assertThat(post(client, "", "hello").body()).isEqualTo("hello");
        }
        assertThat(application.requests)
                .hasSize(3)
                .allMatch(request -> request.body().equals("hello"));
    }

    @Test
    void afterTheLastAttemptTheFailureItselfIsTheAnswer() throws Exception {
        try (RawClient client =
                serve(RETRY, request -> Scripted.answer(503, "X-N: " + request.number() + "\r\n", "busy"))) {
            RawClient.Answer answer = client.get("/");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("busy");
            assertThat(answer.header("x-n")).isEqualTo("3");
        }
    }

    @Test
    void aStatusThatIsNotListedIsNot() throws Exception {
        try (RawClient client = serve(RETRY, request -> Scripted.answer(502, "", ""))) {
            assertThat(client.get("/").status()).isEqualTo(502);
        }
        assertThat(application.requests).hasSize(1);
    }

    @Test
    void withoutARetryStanzaNoStatusIs() throws Exception {
        try (RawClient client = serve("", request -> Scripted.answer(503, "", ""))) {
            assertThat(client.get("/").status()).isEqualTo(503);
        }
        assertThat(application.requests).hasSize(1);
    }

    @Test
    void zeroAttemptsAreNone() throws Exception {
        try (RawClient client = serve("retry { codes: 503 attempts: 0 } ", request -> Scripted.answer(503, "", ""))) {
            assertThat(post(client, "", "x").status()).isEqualTo(503);
        }
        assertThat(application.requests).hasSize(1);
    }

    @Test
    void aConnectionThatEndsUnansweredIsTriedAgainWhereTheRouteSaysRetry() throws Exception {
        try (RawClient client = serve(RETRY, request -> request.number() < 3 ? Scripted.END : Scripted.ok("third"))) {
            assertThat(post(client, "", "x").body()).isEqualTo("third");
        }
    }

    @Test
    void aLargeBodyIsNotKeptAndSoNotSentAgain() throws Exception {
        String body = "x".repeat(200_000);
        try (RawClient client = serve(RETRY, request -> Scripted.answer(503, "", "busy"))) {
            assertThat(post(client, "", body).status()).isEqualTo(503);
        }
        assertThat(application.requests).hasSize(1);
        assertThat(application.requests.getFirst().body()).isEqualTo(body);
    }

    @Test
    void aClientMayAskForRetriesItself() throws Exception {
        try (RawClient client =
                serve("", request -> request.number() < 2 ? Scripted.answer(500, "", "") : Scripted.ok("second"))) {
            assertThat(post(client, "x-envoy-retry-on: 5xx\r\nx-envoy-max-retries: 1\r\n", "x")
                            .body())
                    .isEqualTo("second");
        }
        assertThat(application.requests.getFirst().header("x-envoy-retry-on")).isEmpty();
    }

    @Test
    void statusesThatAClientListsAreTriedAgainAsTheDefaultRulesSay() throws Exception {
        try (RawClient client =
                serve("", request -> request.number() < 2 ? Scripted.answer(500, "", "") : Scripted.ok("second"))) {
            assertThat(post(client, "x-envoy-retriable-status-codes: 404, 500\r\n", "x")
                            .body())
                    .isEqualTo("second");
        }
        assertThat(application.requests.getFirst().header("x-envoy-retriable-status-codes"))
                .isEmpty();
    }

    // ---- time

    @Test
    void anAnswerThatTakesTooLongIs504() throws Exception {
        try (RawClient client = serve("timeouts { request { nanos: 300000000 } } ", request -> Scripted.SILENCE)) {
            RawClient.Answer answer = client.get("/");
            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body()).isEqualTo("upstream request timeout");
        }
        assertThat(application.requests.getFirst().header("x-envoy-expected-rq-timeout-ms"))
                .isEqualTo("300");
    }

    @Test
    void anAttemptThatTakesTooLongIsTriedAgain() throws Exception {
        try (RawClient client = serve(
                RETRY + "timeouts { backend_request { nanos: 400000000 } } ",
                request -> request.number() < 3 ? Scripted.SILENCE : Scripted.ok("third"))) {
            assertThat(post(client, "", "x").body()).isEqualTo("third");
        }
    }

    // ---- hedging

    private static final String HEDGE = "x-envoy-hedge-on-per-try-timeout: true\r\n";
    private static final String TWO_OF_300_MS =
            "retry { codes: 503 attempts: 1 backoff { nanos: 1000000 } } timeouts { backend_request { nanos: 300000000 } } ";

    @Test
    void aHedgedRequestTakesTheFasterAnswer() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (RawClient client = serve(TWO_OF_300_MS, request -> {
            if (request.number() == 1) {
                await(never);
            }
            return Scripted.ok("answer " + request.number());
        })) {
            assertThat(post(client, HEDGE, "x").body()).isEqualTo("answer 2");
            assertThat(post(client, "", "x").body()).isEqualTo("answer 3");
        } finally {
            never.countDown();
        }
        assertThat(application.requests).allMatch(request -> request.body().equals("x"));
        assertThat(application.requests.getFirst().header("x-envoy-hedge-on-per-try-timeout"))
                .isEmpty();
    }

    @Test
    void theLateAttemptOfAHedgedRequestMayStillWin() throws Exception {
        CountDownLatch secondIsThere = new CountDownLatch(1);
        try (RawClient client = serve(TWO_OF_300_MS, request -> {
            if (request.number() == 1) {
                await(secondIsThere);
                return Scripted.ok("first");
            }
            secondIsThere.countDown();
            return Scripted.SILENCE;
        })) {
            assertThat(post(client, HEDGE, "x").body()).isEqualTo("first");
        }
        assertThat(application.requests).hasSize(2);
    }

    @Test
    void aFailureBesideALateAttemptDoesNotEndAHedgedRequest() throws Exception {
        CountDownLatch secondIsThere = new CountDownLatch(1);
        try (RawClient client = serve(TWO_OF_300_MS, request -> {
            if (request.number() == 1) {
                await(secondIsThere);
                return Scripted.ok("first");
            }
            secondIsThere.countDown();
            return Scripted.answer(503, "", "busy");
        })) {
            assertThat(post(client, HEDGE, "x").body()).isEqualTo("first");
        }
        assertThat(application.requests).hasSize(2);
    }

    @Test
    void whenAllAttemptsOfAHedgedRequestFailTheLastFailureIsTheAnswer() throws Exception {
        CountDownLatch secondIsThere = new CountDownLatch(1);
        try (RawClient client = serve(TWO_OF_300_MS, request -> {
            if (request.number() == 1) {
                await(secondIsThere);
            }
            secondIsThere.countDown();
            return Scripted.END;
        })) {
            assertThat(post(client, HEDGE, "x").status()).isEqualTo(503);
        }
        assertThat(application.requests).hasSize(2);
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("nothing happened for ten seconds");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anAttemptThatTakesTooLongIs504WithoutARetryStanza() throws Exception {
        try (RawClient client =
                serve("timeouts { backend_request { nanos: 300000000 } } ", request -> Scripted.SILENCE)) {
            assertThat(client.get("/").status()).isEqualTo(504);
        }
        assertThat(application.requests).hasSize(1);
    }

    @Test
    void theTimeOfTheRequestCountsAllAttempts() throws Exception {
        try (RawClient client = serve(
                "retry { codes: 503 attempts: 100 backoff { nanos: 60000000 } } timeouts { request { nanos: 300000000 } } ",
                request -> Scripted.answer(503, "", "busy"))) {
            assertThat(client.get("/").status()).isEqualTo(504);
        }
        assertThat(application.requests).hasSizeBetween(1, 6);
    }

    @Test
    void anAnswerThatStopsHalfwayIsCutOff() throws Exception {
        try (RawClient client = serve(
                "timeouts { request { nanos: 500000000 } } ",
                request -> "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 200");
            assertThat(client.bytes(4)).isEqualTo("half");
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void aClientMayLimitTheTimeItself() throws Exception {
        try (RawClient client = serve("", request -> Scripted.SILENCE)) {
            assertThat(post(client, "x-envoy-upstream-rq-timeout-ms: 300\r\n", "x")
                            .status())
                    .isEqualTo(504);
        }
        assertThat(application.requests.getFirst().header("x-envoy-upstream-rq-timeout-ms"))
                .isEmpty();
    }
}

package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import io.periplus.wire.waypoint.BackendPolicy;
import io.periplus.wire.waypoint.ConnectionPool;
import io.periplus.wire.waypoint.OutlierDetection;
import io.periplus.wire.waypoint.RetryBudget;
import io.periplus.wire.waypoint.TrafficPolicy;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.workload.TunnelProtocol;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a DestinationRule says of retries, connections and places, as requests feel it. */
class ServicePolicyTest {
    private static final String RETRY = "retry { codes: 503 attempts: 1 backoff { nanos: 1000000 } } ";
    private Rig rig;

    @BeforeEach
    void start() {
        rig = new Rig();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void policy(TrafficPolicy policy) {
        rig.backendPolicy(BackendPolicy.newBuilder().setAllPorts(policy).build());
    }

    private RawClient client() throws IOException {
        return new RawClient(rig.client(Rig.FINANCE));
    }

    // ---- retries

    static List<TrafficPolicy> oneRetryAtATime() {
        return List.of(
                TrafficPolicy.newBuilder()
                        .setConnectionPool(ConnectionPool.newBuilder().setMaxRetries(1))
                        .build(),
                TrafficPolicy.newBuilder()
                        .setRetryBudget(RetryBudget.newBuilder().setPercent(0).setMinConcurrent(1))
                        .build());
    }

    @ParameterizedTest
    @MethodSource("oneRetryAtATime")
    void retriesBeyondThoseThatTheServiceGrantsAreNotMade(TrafficPolicy policy) throws Exception {
        Map<String, Integer> tries = new ConcurrentHashMap<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        try (Scripted application = new Scripted("127.0.1.1", 0, request -> {
                    boolean first = tries.merge(request.path(), 1, Integer::sum) == 1;
                    return first ? Scripted.answer(503, "", "busy") : second.join();
                });
                RawClient waits = client();
                RawClient another = client()) {
            rig.service(AppProtocol.HTTP11, application.port(), "127.0.1.1");
            rig.route(RETRY + Rig.to("accounts", 1));
            policy(policy);
            waits.send("GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
            await().until(() -> tries.getOrDefault("/waits", 0) == 2);
            assertThat(another.get("/another").status())
                    .as("while another retry is in progress")
                    .isEqualTo(503);
            assertThat(tries).containsEntry("/another", 1);
            second.complete(Scripted.ok("done"));
            assertThat(waits.answer().body()).isEqualTo("done");
            assertThat(another.get("/later").body()).isEqualTo("done");
        }
    }

    @Test
    void aBudgetGrowsWithTheRequestsInProgress() throws Exception {
        Map<String, Integer> tries = new ConcurrentHashMap<>();
        CompletableFuture<String> held = new CompletableFuture<>();
        try (Scripted application = new Scripted("127.0.1.1", 0, request -> {
                    int number = tries.merge(request.path(), 1, Integer::sum);
                    return request.path().equals("/held")
                            ? held.join()
                            : number == 1 ? Scripted.answer(503, "", "busy") : Scripted.ok("done");
                });
                RawClient waits = client();
                RawClient another = client()) {
            rig.service(AppProtocol.HTTP11, application.port(), "127.0.1.1");
            rig.route(RETRY + Rig.to("accounts", 1));
            policy(TrafficPolicy.newBuilder()
                    .setRetryBudget(RetryBudget.newBuilder().setPercent(50).setMinConcurrent(0))
                    .build());
            assertThat(another.get("/alone").status()).isEqualTo(503);
            waits.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
            await().until(() -> tries.containsKey("/held"));
            assertThat(another.get("/besides").body()).as("one of two").isEqualTo("done");
            held.complete(Scripted.ok("held"));
            assertThat(waits.answer().body()).isEqualTo("held");
        }
    }

    // ---- connections

    @Test
    void aConnectionThatIsOldEnoughServesNoMoreRequests() throws Exception {
        try (Scripted application = new Scripted("127.0.1.1", 0, _ -> Scripted.ok("ok"));
                RawClient client = client()) {
            rig.service(AppProtocol.HTTP11, application.port(), TunnelProtocol.NONE, "127.0.1.1");
            policy(TrafficPolicy.newBuilder()
                    .setConnectionPool(ConnectionPool.newBuilder()
                            .setMaxConnectionDuration(Duration.newBuilder().setNanos(100_000_000)))
                    .build());
            long begin = System.nanoTime();
            await().until(() -> {
                assertThat(client.get("/").status()).isEqualTo(200);
                return application.connections() == 3;
            });
            assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    // ---- places

    private void place(String pod, String region) {
        rig.place(Objects.requireNonNull(rig.index.current().workload(pod)), region);
    }

    @Test
    void endpointsElsewhereAnswerOnceThoseNearbyDoNot() throws Exception {
        Application near = new Application("127.0.1.1", 0, "near");
        try (Application _ = new Application("127.0.1.2", near.port(), "far");
                RawClient client = client()) {
            rig.service(AppProtocol.HTTP11, near.port(), TunnelProtocol.NONE, "127.0.1.1", "127.0.1.2");
            rig.place(rig.self, "here");
            place("pod-127.0.1.1", "here");
            place("pod-127.0.1.2", "there");
            policy(TrafficPolicy.newBuilder()
                    .setOutlierDetection(OutlierDetection.newBuilder()
                            .setConsecutive5XxErrors(1)
                            .setMaxEjectionPercent(100))
                    .build());
            for (int i = 0; i < 10; i++) {
                assertThat(client.get("/").body()).isEqualTo("near");
            }
            near.close();
            for (int i = 0; i < 10; i++) {
                RawClient.Answer answer = client.get("/");
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("far");
            }
        } finally {
            near.close();
        }
    }

    // ---- what is none of the proxy's business

    @Test
    void theFieldsOfTracesPassAsTheyAre() throws Exception {
        String trace = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"
                + "tracestate: a=b,c=d\r\nbaggage: k=v\r\n"
                + "b3: 80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1-05e3ac9a4f6e3b90\r\n"
                + "x-b3-traceid: 80f198ee56343ba864fe8b2a57d3eff7\r\nx-b3-spanid: e457b5a2e4d86bd1\r\n"
                + "x-b3-parentspanid: 05e3ac9a4f6e3b90\r\nx-b3-sampled: 1\r\nx-b3-flags: 1\r\n"
                + "grpc-trace-bin: AAA=\r\nx-cloud-trace-context: 1/2;o=1\r\n";
        try (Application application = new Application("127.0.1.1", 0, "app");
                RawClient client = client()) {
            rig.service(AppProtocol.HTTP11, application.port(), "127.0.1.1");
            String seen = client.send("GET /headers HTTP/1.1\r\nHost: a\r\n" + trace + "\r\n")
                    .answer()
                    .body();
            assertThat(seen.lines()).containsAll(List.of(trace.split("\r\n")));
        }
    }
}

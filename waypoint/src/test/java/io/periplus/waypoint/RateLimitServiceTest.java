package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.TextFormat;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.waypoint.exchange.Gate;
import io.periplus.waypoint.exchange.Gates;
import io.periplus.waypoint.exchange.HttpSettings;
import io.periplus.waypoint.limit.LimitGate;
import io.periplus.waypoint.limit.LimitStore;
import io.periplus.wire.ratelimit.RateLimitDescriptor;
import io.periplus.wire.ratelimit.RateLimitRequest;
import io.periplus.wire.ratelimit.RateLimitResponse;
import io.periplus.wire.ratelimit.RateLimitResponse.Code;
import io.periplus.wire.ratelimit.RateLimitServiceGrpc;
import io.periplus.wire.ratelimit.RateLimitUnit;
import io.periplus.wire.waypoint.RateLimitPolicy;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.xds.core.HeaderValue;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits that a service with {@code envoy.service.ratelimit.v3} counts, over real gRPC. */
@Timeout(60)
class RateLimitServiceTest {
    private static final String POLICY =
            "targets { service { namespace: 'accounts' hostname: '" + Rig.HOSTNAME + "' } } ";

    private final List<RateLimitRequest> asked = new CopyOnWriteArrayList<>();
    private final MetricsRegistry metrics = new MetricsRegistry();
    private final LimitStore limits = new LimitStore(metrics);
    private final Reports reports = new Reports();
    /** Null: never answers. */
    private volatile Function<RateLimitRequest, RateLimitResponse> service = _ -> answer(Code.OK);

    private Server server;
    private Rig rig;
    private Application application;

    private final class Service extends RateLimitServiceGrpc.RateLimitServiceImplBase {
        @Override
        public void shouldRateLimit(RateLimitRequest request, StreamObserver<RateLimitResponse> answer) {
            asked.add(request);
            RateLimitResponse response = service.apply(request);
            if (response.equals(RateLimitResponse.getDefaultInstance())) {
                return;
            }
            if (response.getRawBody().toStringUtf8().equals("fail")) {
                answer.onError(Status.INTERNAL.asRuntimeException());
                return;
            }
            answer.onNext(response);
            answer.onCompleted();
        }
    }

    private static RateLimitResponse answer(Code code) {
        return RateLimitResponse.newBuilder().setOverallCode(code).build();
    }

    @BeforeEach
    void start() throws Exception {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new Service())
                .build()
                .start();
        rig = new Rig(
                reports,
                HttpSettings.DEFAULT,
                _ -> new Gates(Gate.OPEN, Gate.OPEN, new LimitGate(limits, LimitGate.processClock())));
        application = new Application("127.0.1.1", 0, "accounts");
        rig.service(AppProtocol.UNKNOWN, application.port(), "127.0.1.1");
    }

    @AfterEach
    void stop() {
        application.close();
        rig.close();
        limits.close();
        server.shutdownNow();
    }

    private void policy(String text) throws Exception {
        RateLimitPolicy.Builder policy =
                RateLimitPolicy.newBuilder().setNamespace("accounts").setName("p");
        TextFormat.merge(
                POLICY + "backend { service { domain: 'shop' } address: '127.0.0.1:" + server.getPort()
                        + "' timeout { nanos: 500000000 } } " + text,
                policy);
        limits.apply(Map.of("accounts/p", policy.build()), List.of());
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                client.get("/");
            }
            return !asked.isEmpty();
        });
        asked.clear();
    }

    private RawClient.Answer get(String head) throws Exception {
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            return client.send("GET /a?b=c HTTP/1.1\r\nHost: a\r\n" + head + "\r\n")
                    .answer();
        }
    }

    @Test
    void theServiceIsAskedWithDomainAndDescriptors() throws Exception {
        policy("limits { name: 'users' key { kind: HEADER argument: 'x-user' entry: 'user' } "
                + "key { kind: IDENTITY entry: 'source_principal' } cost: 3 requests: 5 burst: 5 per { seconds: 60 } } "
                + "limits { name: 'paths' key { kind: PATH entry: 'path' } } "
                + "limits { name: 'writes' match { methods: 'POST' } }");
        assertThat(get("X-User: bob\r\n").status()).isEqualTo(200);
        RateLimitRequest request = asked.getFirst();
        assertThat(request.getDomain()).isEqualTo("shop");
        assertThat(request.getHitsAddend()).isEqualTo(3);
        assertThat(request.getDescriptorsList()).hasSize(2);
        assertThat(request.getDescriptors(0).getEntriesList())
                .extracting(RateLimitDescriptor.Entry::getKey, RateLimitDescriptor.Entry::getValue)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("generic_key", "users"),
                        org.assertj.core.groups.Tuple.tuple("user", "bob"),
                        org.assertj.core.groups.Tuple.tuple("source_principal", "cluster.local/ns/finance/sa/curl"));
        assertThat(request.getDescriptors(0).getLimit().getRequestsPerUnit()).isEqualTo(5);
        assertThat(request.getDescriptors(0).getLimit().getUnit()).isEqualTo(RateLimitUnit.MINUTE);
        assertThat(request.getDescriptors(1).getEntries(1).getValue()).isEqualTo("/a");
        assertThat(request.getDescriptors(1).hasLimit()).isFalse();
    }

    @Test
    void whatTheServiceSaysReachesClientAndApplication() throws Exception {
        policy("response { headers: ALWAYS } limits { name: 'x' }");
        service = _ -> answer(Code.OK).toBuilder()
                .addStatuses(RateLimitResponse.DescriptorStatus.newBuilder()
                        .setCode(Code.OK)
                        .setCurrentLimit(RateLimitResponse.RateLimit.newBuilder()
                                .setRequestsPerUnit(10)
                                .setUnit(RateLimitResponse.RateLimit.Unit.MINUTE))
                        .setLimitRemaining(7)
                        .setDurationUntilReset(
                                com.google.protobuf.Duration.newBuilder().setSeconds(42)))
                .addResponseHeadersToAdd(
                        HeaderValue.newBuilder().setKey("x-left").setValue("7"))
                .addResponseHeadersToAdd(
                        HeaderValue.newBuilder().setKey("content-length").setValue("0"))
                .addResponseHeadersToAdd(
                        HeaderValue.newBuilder().setKey("x-evil").setValue("a\r\nb: c"))
                .addRequestHeadersToAdd(
                        HeaderValue.newBuilder().setKey("x-tier").setValue("gold"))
                .build();
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            RawClient.Answer answer = client.get("/headers");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).containsIgnoringCase("x-tier");
            assertThat(answer.header("x-left")).isEqualTo("7");
            assertThat(answer.header("x-evil")).isEmpty();
            assertThat(answer.header("ratelimit-policy")).isEqualTo("\"x\";q=10;w=60");
            assertThat(answer.header("ratelimit")).isEqualTo("\"x\";r=7;t=42");
        }
    }

    @Test
    void overTheLimitIsRefusedAsTheServiceWants() throws Exception {
        policy("limits { name: 'x' }");
        service = _ -> answer(Code.OVER_LIMIT);
        RawClient.Answer plain = get("");
        assertThat(plain.status()).isEqualTo(429);
        assertThat(plain.body()).isEqualTo("rate limit exceeded");
        assertThat(plain.header("retry-after")).isEqualTo("1");
        service = _ -> answer(Code.OVER_LIMIT).toBuilder()
                .setRawBody(com.google.protobuf.ByteString.copyFromUtf8("too many"))
                .addResponseHeadersToAdd(
                        HeaderValue.newBuilder().setKey("x-why").setValue("because"))
                .addStatuses(RateLimitResponse.DescriptorStatus.newBuilder()
                        .setCode(Code.OVER_LIMIT)
                        .setCurrentLimit(RateLimitResponse.RateLimit.newBuilder()
                                .setRequestsPerUnit(10)
                                .setUnit(RateLimitResponse.RateLimit.Unit.HOUR))
                        .setDurationUntilReset(
                                com.google.protobuf.Duration.newBuilder().setSeconds(90)))
                .build();
        RawClient.Answer told = get("");
        assertThat(told.body()).isEqualTo("too many");
        assertThat(told.header("x-why")).isEqualTo("because");
        assertThat(told.header("retry-after")).isEqualTo("90");
        assertThat(told.header("ratelimit")).isEqualTo("\"x\";r=0;t=90");
        assertThat(application.requests).hasValue(1);
    }

    @Test
    void noAnswerIsDecidedByTheMode() throws Exception {
        policy("limits { name: 'x' }");
        service = _ -> answer(Code.OK).toBuilder()
                .setRawBody(com.google.protobuf.ByteString.copyFromUtf8("fail"))
                .build();
        assertThat(get("").status()).isEqualTo(500);
        service = _ -> RateLimitResponse.getDefaultInstance();
        assertThat(get("").status()).isEqualTo(500);
        assertThat(reports.requests.getLast().flags()).isEqualTo("RLSE");
        service = _ -> answer(Code.OK);
        policy("fail_open: true limits { name: 'x' }");
        service = _ -> RateLimitResponse.getDefaultInstance();
        assertThat(get("").status()).isEqualTo(200);
        server.shutdownNow().awaitTermination();
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            long start = System.nanoTime();
            assertThat(get("").status()).isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(400));
        });
    }
}

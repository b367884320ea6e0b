package io.periplus.waypoint;

import static io.periplus.waypoint.CustomPolicies.custom;
import static io.periplus.waypoint.CustomPolicies.grpc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.BoolValue;
import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.rpc.Status;
import io.grpc.Context;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.periplus.wire.extauthz.AttributeContext;
import io.periplus.wire.extauthz.AuthorizationGrpc;
import io.periplus.wire.extauthz.CheckRequest;
import io.periplus.wire.extauthz.CheckResponse;
import io.periplus.wire.extauthz.DeniedHttpResponse;
import io.periplus.wire.extauthz.HttpStatus;
import io.periplus.wire.extauthz.OkHttpResponse;
import io.periplus.wire.waypoint.RequestBodyInCheck;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.xds.core.HeaderValue;
import io.periplus.wire.xds.core.HeaderValueOption;
import io.periplus.wire.xds.core.HeaderValueOption.AppendAction;
import io.periplus.wire.xds.core.QueryParameter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Authorizers that speak gRPC, over real tunnels. */
class ExternalGrpcTest {
    private static final CheckResponse ALLOW =
            CheckResponse.newBuilder().setStatus(Status.getDefaultInstance()).build();

    private final List<CheckRequest> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final Lines lines = new Lines();
    private volatile BiConsumer<CheckRequest, StreamObserver<CheckResponse>> script = answering(ALLOW);
    private Rig rig;
    private Scripted application;
    private Server authorizer;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig(lines);
        application = new Scripted("127.0.1.1", 0, request -> Scripted.ok(request.path() + "\n" + request.head()));
        authorizer = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.ofLiteral("127.0.1.2"), 0))
                .addService(new Service())
                .build()
                .start();
        rig.service(AppProtocol.UNKNOWN, application.port(), "127.0.1.1");
        rig.backend("authorizer", AppProtocol.UNKNOWN, authorizer.getPort(), "127.0.1.2");
        rig.policies(custom());
        CustomPolicies.apply(rig, grpc("ext"));
    }

    @AfterEach
    void stop() throws Exception {
        application.close();
        authorizer.shutdownNow();
        rig.close();
    }

    private final class Service extends AuthorizationGrpc.AuthorizationImplBase {
        @Override
        public void check(CheckRequest request, StreamObserver<CheckResponse> out) {
            asked.add(request);
            Context.current().addListener(_ -> cancelled.countDown(), Runnable::run);
            script.accept(request, out);
        }
    }

    private static BiConsumer<CheckRequest, StreamObserver<CheckResponse>> answering(CheckResponse response) {
        return (_, out) -> {
            out.onNext(response);
            out.onCompleted();
        };
    }

    private static CheckResponse deny(DeniedHttpResponse.Builder response) {
        return CheckResponse.newBuilder()
                .setStatus(Status.newBuilder().setCode(7))
                .setDeniedResponse(response)
                .build();
    }

    private static CheckResponse allow(OkHttpResponse.Builder response) {
        return CheckResponse.newBuilder().setOkResponse(response).build();
    }

    private static HeaderValueOption.Builder field(String name, String value) {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value));
    }

    private RawClient.Answer get(String path, String fields) throws IOException {
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            return client.send("GET " + path + " HTTP/1.1\r\nHost: accounts:8080\r\n" + fields + "\r\n")
                    .answer();
        }
    }

    @Test
    void theAuthorizerIsToldWhoAsksWhomForWhat() throws Exception {
        assertThat(get(
                                "/private/a?b=c",
                                "X-Request-Id: id-1\r\nX-Two: 1\r\nX-Two: 2\r\nX-Odd: \u00e4\r\nCookie: a=1\r\n")
                        .status())
                .isEqualTo(200);
        AttributeContext attributes = asked.getFirst().getAttributes();
        assertThat(attributes.getSource().getPrincipal()).isEqualTo("spiffe://cluster.local/ns/finance/sa/curl");
        assertThat(attributes.getSource().getAddress().getSocketAddress().getAddress())
                .startsWith("127.");
        assertThat(attributes.getDestination().getPrincipal())
                .isEqualTo("spiffe://cluster.local/ns/accounts/sa/waypoint");
        assertThat(attributes.getDestination().getAddress().getSocketAddress().getAddress())
                .isEqualTo(Rig.VIP);
        assertThat(attributes.getDestination().getAddress().getSocketAddress().getPortValue())
                .isEqualTo(8080);
        assertThat(attributes.getRequest().getTime().getSeconds()).isPositive();
        AttributeContext.HttpRequest http = attributes.getRequest().getHttp();
        assertThat(http.getId()).isEqualTo("id-1");
        assertThat(http.getMethod()).isEqualTo("GET");
        assertThat(http.getPath()).isEqualTo("/private/a?b=c");
        assertThat(http.getHost()).isEqualTo("accounts:8080");
        assertThat(http.getScheme()).isEqualTo("http");
        assertThat(http.getProtocol()).isEqualTo("HTTP/1.1");
        assertThat(http.getHeadersMap())
                .containsEntry(":method", "GET")
                .containsEntry(":path", "/private/a?b=c")
                .containsEntry(":authority", "accounts:8080")
                .containsEntry("x-two", "1,2")
                .containsEntry("x-odd", "!")
                .containsEntry("cookie", "a=1");
        assertThat(attributes.getContextExtensionsMap()).containsEntry("policy", "accounts/ext");
    }

    @Test
    void whatItAllowsItMayChange() throws Exception {
        script = answering(allow(OkHttpResponse.newBuilder()
                .addHeaders(field("x-user", "ann"))
                .addHeaders(field("x-list", "b").setAppend(BoolValue.of(true)))
                .addHeaders(field("x-absent", "new").setAppendAction(AppendAction.ADD_IF_ABSENT))
                .addHeaders(field("x-present", "not").setAppendAction(AppendAction.ADD_IF_ABSENT))
                .addHeaders(field("x-missing", "not").setAppendAction(AppendAction.OVERWRITE_IF_EXISTS))
                .addHeaders(field(":path", "/private/other"))
                .addHeaders(field("host", "evil"))
                .addHeaders(field("transfer-encoding", "chunked"))
                .addHeaders(field("connection", "x-user"))
                .addHeadersToRemove("authorization")
                .addHeadersToRemove(":method")
                .addHeadersToRemove("host")
                .addResponseHeadersToAdd(field("x-answer", "1"))
                .addResponseHeadersToAdd(field("server", "mine").setAppend(BoolValue.of(false)))
                .addQueryParametersToSet(
                        QueryParameter.newBuilder().setKey("user").setValue("a b&c"))
                .addQueryParametersToRemove("token")));
        RawClient.Answer answer = get(
                "/private/a?token=secret&tok%65n=secret&user=x&k",
                "X-User: forged\r\nX-List: a\r\nX-Present: yes\r\nAuthorization: secret\r\n");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-answer")).isEqualTo("1");
        assertThat(answer.body())
                .startsWith("/private/a?k&user=a%20b%26c\n")
                .containsIgnoringCase("x-user: ann\r\n")
                .containsIgnoringCase("x-list: a\r\n")
                .containsIgnoringCase("x-list: b\r\n")
                .containsIgnoringCase("x-absent: new\r\n")
                .containsIgnoringCase("x-present: yes\r\n")
                .containsIgnoringCase("host: accounts:8080\r\n")
                .doesNotContainIgnoringCase("forged")
                .doesNotContainIgnoringCase("x-missing")
                .doesNotContainIgnoringCase("evil")
                .doesNotContainIgnoringCase("transfer-encoding")
                .doesNotContainIgnoringCase("secret");
    }

    @Test
    void whatItDeniesItAnswers() throws Exception {
        script = answering(deny(DeniedHttpResponse.newBuilder()
                .setStatus(HttpStatus.newBuilder().setCode(429))
                .addHeaders(field("retry-after", "5"))
                .addHeaders(field("content-type", "application/json"))
                .addHeaders(field("content-length", "999"))
                .addHeaders(field("x-split", "a\r\nx-injected: b"))
                .setBody("{\"grüße\":1}")));
        RawClient.Answer answer = get("/private", "");
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("retry-after")).isEqualTo("5");
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.head()).doesNotContain("x-injected");
        assertThat(answer.body()).isEqualTo("{\"grüße\":1}");
        assertThat(lines.of("/private")).isEqualTo("429 UAEX ext_authz_denied");
        assertThat(application.requests).isEmpty();
    }

    @Test
    void aDenialWithoutWordsIs403() throws Exception {
        script = answering(CheckResponse.newBuilder()
                .setStatus(Status.newBuilder().setCode(16))
                .build());
        assertThat(get("/private", "").status()).isEqualTo(403);
        assertThat(lines.of("/private")).isEqualTo("403 UAEX ext_authz_denied");
        script = answering(deny(DeniedHttpResponse.newBuilder()
                .setStatus(HttpStatus.newBuilder().setCode(17))));
        assertThat(get("/private", "").status()).isEqualTo(403);
    }

    @Test
    void aFieldThatWouldSplitTheRequestIsNoAnswer() throws Exception {
        script = answering(allow(OkHttpResponse.newBuilder().addHeaders(field("x-a", "b\r\nx-admin: true"))));
        assertThat(get("/private", "").status()).isEqualTo(403);
        assertThat(lines.of("/private")).isEqualTo("403 UAEX ext_authz_error");
        assertThat(application.requests).isEmpty();
    }

    @Test
    void moreFieldsThanARequestMayHaveAreNoAnswer() throws Exception {
        OkHttpResponse.Builder many = OkHttpResponse.newBuilder();
        for (int i = 0; i < 200; i++) {
            many.addHeaders(field("x-" + i, "y"));
        }
        script = answering(allow(many));
        assertThat(get("/private", "").status()).isEqualTo(403);
        script = answering(allow(OkHttpResponse.newBuilder().addHeaders(field("x-a", "y".repeat(100_000)))));
        assertThat(get("/private", "").status()).isEqualTo(403);
        assertThat(application.requests).isEmpty();
    }

    @Test
    void anErrorOfTheAuthorizerDeniesUnlessTheProviderFailsOpen() throws Exception {
        script = (_, out) -> out.onError(io.grpc.Status.UNAVAILABLE.asRuntimeException());
        assertThat(get("/private", "").status()).isEqualTo(403);
        assertThat(lines.of("/private")).isEqualTo("403 UAEX ext_authz_error");
        CustomPolicies.apply(rig, grpc("ext").setFailOpen(true));
        assertThat(get("/private", "").status()).isEqualTo(200);
        assertThat(rig.exposition()).contains("outcome=\"failed_open\"");
    }

    @Test
    void anAuthorizerThatHangsIsGivenUpAndHearsOfIt() throws Exception {
        script = (_, _) -> {};
        CustomPolicies.apply(
                rig, grpc("ext").setTimeout(Durations.fromSeconds(1)).setStatusOnError(504));
        assertThat(get("/private", "").status()).isEqualTo(504);
        assertThat(cancelled.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anAuthorizerThatDiesWhileItIsAskedDenies() throws Exception {
        script = (_, _) -> authorizer.shutdownNow();
        CustomPolicies.apply(rig, grpc("ext").setTimeout(Durations.fromMillis(500)));
        assertThat(get("/private", "").status()).isEqualTo(403);
        assertThat(lines.of("/private")).isEqualTo("403 UAEX ext_authz_error");
    }

    @Test
    void aServerThatSpeaksNoGrpcDenies() throws Exception {
        try (Scripted web = new Scripted("127.0.1.2", 0, _ -> Scripted.ok("hello"))) {
            rig.backend("authorizer", AppProtocol.UNKNOWN, web.port(), "127.0.1.2");
            CustomPolicies.apply(rig, grpc("ext").setTimeout(Durations.fromMillis(500)));
            assertThat(get("/private", "").status()).isEqualTo(403);
            assertThat(application.requests).isEmpty();
        }
    }

    @Test
    void aClientThatLeavesTakesItsQuestionAlong() throws Exception {
        script = (_, _) -> {};
        RawClient client = new RawClient(rig.client(Rig.FINANCE));
        client.send("GET /private HTTP/1.1\r\nHost: a\r\n\r\n");
        await().atMost(5, TimeUnit.SECONDS).until(() -> !asked.isEmpty());
        client.socket.setSoLinger(true, 0);
        client.close();
        assertThat(cancelled.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aBodyIsGivenAsTextOrAsBytes() throws Exception {
        RequestBodyInCheck.Builder body =
                RequestBodyInCheck.newBuilder().setMaxRequestBytes(4).setAllowPartialMessage(true);
        CustomPolicies.apply(rig, grpc("ext").setBody(body));
        post("ab\u00ffcd");
        AttributeContext.HttpRequest http =
                asked.getFirst().getAttributes().getRequest().getHttp();
        assertThat(http.getBody()).isEqualTo("ab!c");
        assertThat(http.getSize()).isEqualTo(5);
        assertThat(http.getHeadersMap()).containsEntry("x-envoy-auth-partial-body", "true");
        CustomPolicies.apply(rig, grpc("ext").setBody(body.setPackAsBytes(true)));
        post("ab\u00ff");
        http = asked.get(1).getAttributes().getRequest().getHttp();
        assertThat(http.getRawBody()).isEqualTo(ByteString.copyFrom(new byte[] {'a', 'b', (byte) 0xff}));
        assertThat(http.getBody()).isEmpty();
        assertThat(http.getHeadersMap()).containsEntry("x-envoy-auth-partial-body", "false");
        assertThat(application.requests.getLast().body()).isEqualTo("ab\u00ff");
    }

    private void post(String body) throws IOException {
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            client.send("POST /private HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                    .answer();
        }
    }

    @Test
    void fieldsThatItChangesChooseTheRouteOnlyWhereTheyAreMeantTo() throws Exception {
        try (Application canary = new Application("127.0.1.1", 0, "canary")) {
            rig.backend("canary", AppProtocol.UNKNOWN, canary.port(), "127.0.1.1");
            rig.route(
                    "matches { headers { name: 'x-group' value { value: 'canary' } } } " + Rig.to("canary", 1),
                    Rig.to("accounts", 1));
            script = answering(allow(OkHttpResponse.newBuilder().addHeaders(field("x-group", "canary"))));
            assertThat(get("/private", "").body()).startsWith("/private");
            CustomPolicies.apply(rig, grpc("ext").setClearRouteCache(true));
            assertThat(get("/private", "").body()).isEqualTo("canary");
        }
    }
}

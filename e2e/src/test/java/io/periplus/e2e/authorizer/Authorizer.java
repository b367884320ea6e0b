package io.periplus.e2e.authorizer;

import com.google.protobuf.BoolValue;
import com.google.rpc.Status;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.InsecureServerCredentials;
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
import io.periplus.wire.xds.core.HeaderValue;
import io.periplus.wire.xds.core.HeaderValueOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * Allows requests with {@code x-ext-authz: allow}, over HTTP on 8000 and gRPC on 9000; connections without a request it
 * allows to clients of the namespace {@code authz-client}.
 */
public final class Authorizer extends AuthorizationGrpc.AuthorizationImplBase {
    private static final int HTTP_PORT = 8000;
    private static final int GRPC_PORT = 9000;
    private static final String HEADER = "x-ext-authz";
    private static final String RESULT = "x-ext-authz-check-result";
    private static final int PERMISSION_DENIED = 7;

    private Authorizer() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        HttpServer http = HttpServer.create(new InetSocketAddress(HTTP_PORT), 64);
        http.createContext("/", Authorizer::answer);
        http.start();
        Server grpc = NettyServerBuilder.forPort(GRPC_PORT, InsecureServerCredentials.create())
                .addService(new Authorizer())
                .build()
                .start();
        System.out.println("listening");
        grpc.awaitTermination();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        boolean allowed = "allow".equals(exchange.getRequestHeaders().getFirst(HEADER));
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set(RESULT, allowed ? "allowed" : "denied");
        exchange.getResponseHeaders().set("x-asked", exchange.getRequestMethod() + " " + exchange.getRequestURI());
        byte[] body = (allowed ? "" : "denied by http").getBytes(StandardCharsets.US_ASCII);
        exchange.sendResponseHeaders(allowed ? 200 : 403, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void check(CheckRequest request, StreamObserver<CheckResponse> out) {
        AttributeContext attributes = request.getAttributes();
        String client = attributes.getSource().getPrincipal();
        boolean allowed = attributes.getRequest().hasHttp()
                ? "allow"
                        .equals(attributes
                                .getRequest()
                                .getHttp()
                                .getHeadersMap()
                                .get(HEADER))
                : client.contains("/ns/authz-client/");
        out.onNext(allowed ? allow(client) : deny());
        out.onCompleted();
    }

    private static CheckResponse allow(String client) {
        return CheckResponse.newBuilder()
                .setOkResponse(OkHttpResponse.newBuilder()
                        .addResponseHeadersToAdd(field(RESULT, "allowed"))
                        .addResponseHeadersToAdd(field("x-seen-client", client)))
                .build();
    }

    private static CheckResponse deny() {
        return CheckResponse.newBuilder()
                .setStatus(Status.newBuilder().setCode(PERMISSION_DENIED))
                .setDeniedResponse(DeniedHttpResponse.newBuilder()
                        .setStatus(HttpStatus.newBuilder().setCode(401))
                        .addHeaders(field(RESULT, "denied"))
                        .setBody("denied by gRPC"))
                .build();
    }

    private static HeaderValueOption field(String name, String value) {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
                .setAppend(BoolValue.of(false))
                .build();
    }
}

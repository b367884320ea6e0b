package io.periplus.lab.apiserver;

import io.periplus.lab.apiserver.auth.Authenticator;
import io.periplus.lab.apiserver.auth.Authorizer;
import io.periplus.lab.apiserver.auth.Rbac;
import io.periplus.lab.apiserver.auth.Reviews;
import io.periplus.lab.apiserver.auth.ServiceAccountTokens;
import io.periplus.lab.apiserver.auth.User;
import io.periplus.lab.apiserver.discovery.Discovery;
import io.periplus.lab.apiserver.discovery.OpenApi;
import io.periplus.lab.apiserver.discovery.VersionInfo;
import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.apiserver.http.Path;
import io.periplus.lab.apiserver.http.StatusObject;
import io.periplus.lab.apiserver.rest.Resources;
import io.periplus.lab.apiserver.rest.Target;
import io.periplus.lab.apiserver.rest.WatchSockets;
import io.periplus.lab.apiserver.stream.PodStreams;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.SqliteObjectStore;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every request from its authentication to its reply. Blocks: each request has a virtual thread. */
final class HttpApi extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);

    private final Authenticator authenticator;
    private final Authorizer authorizer;
    private final ServiceAccountTokens tokens;
    private final Discovery discovery;
    private final OpenApi openApi;
    private final Reviews reviews;
    private final Resources resources;
    private final PodStreams podStreams;
    private final WatchSockets watchSockets;

    HttpApi(
            SqliteObjectStore store,
            ServiceAccountTokens tokens,
            PodRuntime runtime,
            ServerWebSocketContainer webSockets,
            boolean enforceRbac,
            BooleanSupplier stopping) {
        this.tokens = tokens;
        this.authorizer = new Authorizer(new Rbac(store), enforceRbac);
        this.authenticator = new Authenticator(tokens);
        this.discovery = new Discovery(store::registry);
        this.openApi = new OpenApi(store::registry);
        this.reviews = new Reviews(tokens, authorizer);
        this.resources = new Resources(store, stopping);
        this.podStreams = new PodStreams(store, runtime, webSockets);
        this.watchSockets = resources.watchSockets(webSockets);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Call call = new Call(request, response, User.ANONYMOUS);
        try {
            User user = authenticator.authenticate(request);
            call = new Call(request, response, user);
            authorizer.check(call);
            if (podStreams.upgrade(call, callback) || watchSockets.upgrade(call, callback)) {
                return true;
            }
            dispatch(call);
            callback.succeeded();
        } catch (ApiException e) {
            fail(call, e, callback);
        } catch (IOException e) {
            LOG.debug("{} {}: the client is gone: {}", request.getMethod(), request.getHttpURI(), e.toString());
            callback.failed(e);
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", request.getMethod(), request.getHttpURI(), e);
            fail(call, new ApiException(500, "InternalError", "Internal error occurred: " + e.getMessage()), callback);
        }
        return true;
    }

    private static void fail(Call call, ApiException e, Callback callback) {
        if (call.response().isCommitted()) {
            callback.failed(new QuietException.RuntimeException(e));
            return;
        }
        try {
            call.reply(e.code(), StatusObject.of(e));
            callback.succeeded();
        } catch (IOException gone) {
            callback.failed(gone);
        }
    }

    private void dispatch(Call call) throws IOException {
        if (general(call) || discovery.handle(call) || openApi.handle(call)) {
            return;
        }
        Path path = Path.parse(call.path());
        if (path == null) {
            throw Resources.missing();
        }
        if (reviews.handle(call, path)) {
            return;
        }
        Target target = resources.target(path);
        if (target == null) {
            throw Resources.missing();
        }
        if (!podStreams.logs(call, path)) {
            resources.handle(call, path, target);
        }
    }

    private boolean general(Call call) throws IOException {
        List<String> path = call.path();
        String first = path.isEmpty() ? "" : path.getFirst();
        switch (first) {
            case "healthz", "livez", "readyz" -> call.text(200, "ok");
            case "version" -> call.reply(200, VersionInfo.get());
            case ".well-known" -> call.reply(200, tokens.openIdConfiguration());
            case "openid" -> call.reply(200, "application/jwk-set+json", Json.bytes(tokens.keySet()));
            default -> {
                return false;
            }
        }
        return true;
    }
}

package io.periplus.lab.apiserver.rest;

import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.apiserver.http.Path;
import io.periplus.lab.store.ApiException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches over WebSocket, which some client libraries try first: every event is one text message. */
public final class WatchSockets {
    private static final Logger LOG = LoggerFactory.getLogger(WatchSockets.class);

    private final Resources resources;
    private final Watches watches;
    private final ServerWebSocketContainer webSockets;

    WatchSockets(Resources resources, Watches watches, ServerWebSocketContainer webSockets) {
        this.resources = resources;
        this.watches = watches;
        this.webSockets = webSockets;
    }

    /** Takes the connection over if the request is for such a watch; the callback is then used up. */
    public boolean upgrade(Call call, Callback callback) {
        if (!call.header("Upgrade").equalsIgnoreCase("websocket") || !call.flag("watch")) {
            return false;
        }
        Path path = Path.parse(call.path());
        Target target = path == null ? null : resources.target(path);
        if (target == null) {
            throw Resources.missing();
        }
        Watches.Stream stream = watches.stream(call, target);
        boolean upgraded = webSockets.upgrade(
                (request, response, done) -> new Socket(stream), call.request(), call.response(), callback);
        if (!upgraded) {
            throw ApiException.badRequest("the request is no valid WebSocket upgrade (RFC 6455)");
        }
        return true;
    }

    /** One watch. Public for the container, which looks its methods up. */
    public static final class Socket implements Session.Listener.AutoDemanding {
        private final Watches.Stream stream;

        Socket(Watches.Stream stream) {
            this.stream = stream;
        }

        @Override
        public void onWebSocketOpen(Session session) {
            Thread.ofVirtual().name("watch-socket").start(() -> {
                try {
                    stream.run(new TextSink(session));
                    session.close(StatusCode.NORMAL, "", org.eclipse.jetty.websocket.api.Callback.NOOP);
                } catch (IOException e) {
                    LOG.debug("watch: the client is gone: {}", e.toString());
                } catch (RuntimeException e) {
                    LOG.error("watch failed", e);
                    session.close(StatusCode.SERVER_ERROR, "", org.eclipse.jetty.websocket.api.Callback.NOOP);
                }
            });
        }

        @Override
        public void onWebSocketError(Throwable cause) {
            LOG.debug("watch: {}", cause.toString());
        }
    }

    private record TextSink(Session session) implements Watches.Sink {
        @Override
        public void write(byte[] event) throws IOException {
            CompletableFuture<Void> done = new CompletableFuture<>();
            session.sendText(
                    new String(event, StandardCharsets.UTF_8),
                    org.eclipse.jetty.websocket.api.Callback.from(
                            () -> done.complete(null), done::completeExceptionally));
            try {
                done.join();
            } catch (CompletionException e) {
                throw new IOException(e.getCause());
            }
        }

        @Override
        public boolean open() {
            return session.isOpen();
        }
    }
}

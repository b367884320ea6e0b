package io.periplus.dataplane.hbone;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Promise;
import io.periplus.dataplane.hbone.HboneException.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections for one key. At most one connect attempt runs; requests that find no room wait for it and share
 * what it yields, and if it fails they fail with it. A request that a reused connection leaves unanswered because the
 * connection dies is tried once more on another: nothing of it was delivered, so that is safe.
 */
final class PoolEntry {
    /**
     * Ten thousand connections that are opened at once find room, as 100 streams' worth of them go with every handshake; more
     * requests than this waiting for one connection attempt means the next hop is gone: fail early.
     */
    private static final int MAX_WAITING = 16_384;

    private final PoolKey key;
    private final LoopPool pool;
    private final List<ClientSession> sessions = new ArrayList<>(1);
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(2);
    private boolean dialling;

    /** @param mayRetry whether it may be tried once more */
    record Waiting(HboneTarget target, Promise<Channel> promise, boolean mayRetry) {
        boolean isOver() {
            return promise.isDone();
        }
    }

    PoolEntry(PoolKey key, LoopPool pool) {
        this.key = key;
        this.pool = pool;
    }

    List<ClientSession> sessions() {
        return sessions;
    }

    void connect(Waiting request) {
        ClientSession session = withRoom();
        if (session != null) {
            open(session, request);
        } else if (waiting.size() >= MAX_WAITING && !waiting.removeIf(Waiting::isOver)) {
            request.promise.tryFailure(new HboneException(
                    Reason.OVERLOAD,
                    "%d requests wait for a connection to %s".formatted(MAX_WAITING, key.destination()),
                    null));
        } else {
            waiting.add(request);
            dial();
        }
    }

    private @Nullable ClientSession withRoom() {
        for (ClientSession session : sessions) {
            if (session.hasRoom()) {
                return session;
            }
        }
        return null;
    }

    private void open(ClientSession session, Waiting request) {
        Promise<Channel> attempt = pool.loop().newPromise();
        attempt.addListener(_ -> {
            if (attempt.isSuccess()) {
                if (!request.promise.trySuccess(attempt.getNow())) {
                    attempt.getNow().close();
                }
            } else if (request.mayRetry && unanswered(attempt.cause()) && !request.promise.isDone()) {
                pool.loop().execute(() -> pool.connect(new Waiting(request.target, request.promise, false)));
            } else {
                request.promise.tryFailure(attempt.cause());
            }
        });
        // Who gives up is not to hold a stream, nor the server's connection behind it.
        request.promise.addListener(_ -> attempt.cancel(false));
        try {
            session.open(request.target, attempt);
        } catch (Throwable e) {
            attempt.tryFailure(e);
        }
    }

    private static boolean unanswered(Throwable failure) {
        return failure instanceof HboneException e
                && (e.reason() == Reason.CLOSED || e.reason() == Reason.HTTP2 || e.reason() == Reason.RESET);
    }

    private void dial() {
        Waiting first = waiting.peek();
        if (dialling || first == null) {
            return;
        }
        dialling = true;
        Promise<ClientSession> attempt = pool.loop().newPromise();
        attempt.addListener(_ -> {
            dialling = false;
            if (attempt.isSuccess()) {
                sessions.add(attempt.getNow());
                serveWaiting();
            } else {
                failWaiting(attempt.cause());
            }
        });
        try {
            pool.dial(first.target, this, attempt);
        } catch (Throwable e) {
            // Unfinished, it would have everybody wait who ever wants this key.
            attempt.tryFailure(e);
        }
    }

    private void serveWaiting() {
        while (!waiting.isEmpty()) {
            if (waiting.element().isOver()) {
                waiting.remove();
                continue;
            }
            ClientSession session = withRoom();
            if (session == null) {
                break;
            }
            open(session, waiting.remove());
        }
        dial();
    }

    private void failWaiting(Throwable why) {
        List<Waiting> failed = List.copyOf(waiting);
        waiting.clear();
        failed.forEach(request -> request.promise.tryFailure(why));
        forgetIfUnused();
    }

    void retired(ClientSession session) {
        sessions.remove(session);
        forgetIfUnused();
    }

    private void forgetIfUnused() {
        if (sessions.isEmpty() && waiting.isEmpty() && !dialling) {
            pool.forget(key, this);
        }
    }
}

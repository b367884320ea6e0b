package io.periplus.lab.apiserver.stream;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** Sends messages of the channel protocol: one byte that names the channel, then data. Blocks until each is written. */
final class FrameSender {
    /** Larger writes become several messages. */
    private static final int DATA_MAX = 32 * 1024;

    private final Session session;
    private final ReentrantLock sending = new ReentrantLock();

    FrameSender(Session session) {
        this.session = session;
    }

    void send(int channel, byte[] bytes, int offset, int length) throws IOException {
        sending.lock();
        try {
            for (int sent = 0; sent < length || length == 0; sent += DATA_MAX) {
                int size = Math.min(DATA_MAX, length - sent);
                ByteBuffer message = ByteBuffer.allocate(size + 1);
                message.put((byte) channel).put(bytes, offset + sent, size).flip();
                CompletableFuture<Void> done = new CompletableFuture<>();
                session.sendBinary(message, Callback.from(() -> done.complete(null), done::completeExceptionally));
                done.join();
                if (length == 0) {
                    return;
                }
            }
        } catch (CompletionException e) {
            throw new IOException("the client is gone", e.getCause());
        } finally {
            sending.unlock();
        }
    }

    OutputStream channel(int channel) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                send(channel, new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                if (length > 0) {
                    send(channel, bytes, offset, length);
                }
            }
        };
    }
}

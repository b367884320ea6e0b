package io.periplus.lab.apiserver.stream;

import io.periplus.lab.apiserver.PodRuntime;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Port-forwarding as {@code kubectl} does it: SPDY tunnelled through a WebSocket
 * ({@code SPDY/3.1+portforward.k8s.io}). For every connection the client opens two streams that share a request id:
 * one for errors, one for data.
 */
public final class SpdyPortForwardSocket implements Session.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(SpdyPortForwardSocket.class);
    private static final int BUFFER = 32 * 1024;
    /** Bound of connections at once through one client. */
    private static final int CONNECTIONS_MAX = 1024;

    private final PodRuntime runtime;
    private final String namespace;
    private final String pod;
    private final StdinPipe received = new StdinPipe();
    private final Map<String, Integer> errorStreams = new HashMap<>();
    private final Map<Integer, ByteChannel> connections = new ConcurrentHashMap<>();
    private @Nullable Session session;

    SpdyPortForwardSocket(PodRuntime runtime, String namespace, String pod) {
        this.runtime = runtime;
        this.namespace = namespace;
        this.pod = pod;
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        session = opened;
        Thread.ofVirtual().name("forward-" + pod).start(() -> run(opened));
        opened.demand();
    }

    private void run(Session opened) {
        try (SpdyFrames frames = new SpdyFrames(new DataInputStream(received), opened)) {
            SpdyFrames.Frame frame = frames.next();
            while (frame != null && !(frame instanceof SpdyFrames.Frame.End)) {
                handle(frames, frame);
                frame = frames.next();
            }
        } catch (IOException e) {
            LOG.debug("port-forward to {}: {}", pod, e.toString());
        } finally {
            connections.values().forEach(SpdyPortForwardSocket::close);
            opened.close(StatusCode.NORMAL, "", Callback.NOOP);
        }
    }

    private void handle(SpdyFrames frames, SpdyFrames.Frame frame) throws IOException {
        switch (frame) {
            case SpdyFrames.Frame.Open open -> {
                String request = open.headers().getOrDefault("requestid", "");
                if (open.headers().getOrDefault("streamtype", "").equals("error")) {
                    errorStreams.put(request, open.stream());
                    frames.reply(open.stream());
                } else {
                    Integer errors = errorStreams.remove(request);
                    connect(
                            frames,
                            open.stream(),
                            errors == null ? open.stream() : errors,
                            open.headers().getOrDefault("port", ""));
                }
            }
            case SpdyFrames.Frame.Data data -> {
                ByteChannel channel = connections.get(data.stream());
                if (channel != null) {
                    write(channel, data);
                }
            }
            case SpdyFrames.Frame.Reset reset -> {
                ByteChannel channel = connections.remove(reset.stream());
                if (channel != null) {
                    close(channel);
                }
            }
            case SpdyFrames.Frame.End _ -> {}
        }
    }

    private static void write(ByteChannel channel, SpdyFrames.Frame.Data data) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(data.bytes());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            if (data.fin() && channel instanceof SocketChannel socket) {
                socket.shutdownOutput();
            }
        } catch (IOException e) {
            // The reading side of this connection ends with the same failure and tells the client.
            close(channel);
        }
    }

    /** Connects before it accepts the stream, so that data finds its connection. */
    private void connect(SpdyFrames frames, int data, int errors, String port) throws IOException {
        ByteChannel channel;
        try {
            if (!port.matches("\\d{1,5}") || connections.size() >= CONNECTIONS_MAX) {
                throw new IOException(
                        "port: " + port + " (expected: a number, and fewer than " + CONNECTIONS_MAX + " connections)");
            }
            channel = runtime.openPort(namespace, pod, Integer.parseInt(port));
        } catch (IOException e) {
            frames.reply(data);
            fail(frames, data, errors, "error forwarding port " + port + " to pod " + pod + ": " + e.getMessage());
            return;
        }
        connections.put(data, channel);
        frames.reply(data);
        Thread.ofVirtual().name("forward-" + pod + "-" + port).start(() -> {
            try {
                copy(frames, data, channel);
                frames.data(errors, new byte[0], 0, true);
            } catch (IOException e) {
                LOG.debug("port-forward to {}: {}", pod, e.toString());
            }
            connections.remove(data);
        });
    }

    private static void copy(SpdyFrames frames, int stream, ByteChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try (channel) {
            while (channel.read(buffer) >= 0) {
                frames.data(stream, buffer.array(), buffer.position(), false);
                buffer.clear();
            }
        } finally {
            frames.data(stream, new byte[0], 0, true);
        }
    }

    private void fail(SpdyFrames frames, int data, int errors, String message) {
        try {
            byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
            frames.data(errors, bytes, bytes.length, true);
            frames.data(data, new byte[0], 0, true);
        } catch (IOException e) {
            LOG.debug("port-forward to {}: {}", pod, e.toString());
        }
    }

    private static void close(ByteChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing a forwarded connection: {}", e.toString());
        }
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        try {
            byte[] bytes = new byte[payload.remaining()];
            payload.get(bytes);
            received.offer(bytes);
            callback.succeed();
            Session opened = session;
            if (opened != null) {
                opened.demand();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            callback.fail(e);
        }
    }

    @Override
    public void onWebSocketClose(int code, String reason, Callback callback) {
        try {
            received.end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        callback.succeed();
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        LOG.debug("port-forward to {}: {}", pod, cause.toString());
    }
}

package io.periplus.lab.apiserver.stream;

import io.periplus.lab.apiserver.PodRuntime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Port-forwarding over WebSocket ({@code v4.channel.k8s.io}): for the n-th port channel 2n carries data and 2n + 1
 * errors; the server's first message on each is the port, two bytes little-endian.
 */
public final class PortForwardSocket implements Session.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(PortForwardSocket.class);
    private static final int BUFFER = 16 * 1024;

    private final PodRuntime runtime;
    private final String namespace;
    private final String pod;
    private final List<Integer> ports;
    private final List<@Nullable ByteChannel> channels = new ArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private @Nullable Session session;

    PortForwardSocket(PodRuntime runtime, String namespace, String pod, List<Integer> ports) {
        this.runtime = runtime;
        this.namespace = namespace;
        this.pod = pod;
        this.ports = ports;
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        session = opened;
        FrameSender sender = new FrameSender(opened);
        open.set(ports.size());
        for (int i = 0; i < ports.size(); i++) {
            int index = i;
            ByteChannel channel = connect(sender, index);
            channels.add(channel);
            if (channel != null) {
                Thread.ofVirtual()
                        .name("forward-" + pod + "-" + ports.get(i))
                        .start(() -> copy(channel, sender, index, opened));
            } else {
                finished(opened);
            }
        }
        opened.demand();
    }

    private @Nullable ByteChannel connect(FrameSender sender, int index) {
        int port = ports.get(index);
        byte[] number = {(byte) port, (byte) (port >> 8)};
        try {
            sender.send(2 * index, number, 0, number.length);
            sender.send(2 * index + 1, number, 0, number.length);
            try {
                return runtime.openPort(namespace, pod, port);
            } catch (IOException e) {
                byte[] message = ("error forwarding port " + port + " to pod " + pod + ": " + e.getMessage())
                        .getBytes(StandardCharsets.UTF_8);
                sender.send(2 * index + 1, message, 0, message.length);
            }
        } catch (IOException e) {
            LOG.debug("port-forward to {}: {}", pod, e.toString());
        }
        return null;
    }

    private void copy(ByteChannel from, FrameSender sender, int index, Session opened) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try (from) {
            while (from.read(buffer) >= 0) {
                sender.send(2 * index, buffer.array(), 0, buffer.position());
                buffer.clear();
            }
        } catch (IOException e) {
            LOG.debug("port-forward to {}: {}", pod, e.toString());
        }
        finished(opened);
    }

    private void finished(Session opened) {
        if (open.decrementAndGet() == 0) {
            opened.close(StatusCode.NORMAL, "", Callback.NOOP);
        }
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        try {
            int channel = payload.hasRemaining() ? payload.get() & 0xff : 0;
            ByteChannel to = channel / 2 < channels.size() ? channels.get(channel / 2) : null;
            while (to != null && channel % 2 == 0 && payload.hasRemaining()) {
                to.write(payload);
            }
            callback.succeed();
            Session opened = session;
            if (opened != null) {
                opened.demand();
            }
        } catch (IOException e) {
            callback.fail(e);
        }
    }

    @Override
    public void onWebSocketClose(int code, String reason, Callback callback) {
        for (ByteChannel channel : channels) {
            if (channel != null) {
                try {
                    channel.close();
                } catch (IOException e) {
                    LOG.debug("port-forward to {}: {}", pod, e.toString());
                }
            }
        }
        callback.succeed();
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        LOG.debug("port-forward to {}: {}", pod, cause.toString());
    }
}

package io.periplus.lab.apiserver.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.PodRuntime;
import io.periplus.lab.store.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@code exec} or {@code attach} over WebSocket ({@code v4.channel.k8s.io}, {@code v5.channel.k8s.io}): channel 0
 * is standard input, 1 output, 2 errors, 3 the final status, 4 window sizes, 255 closes the channel it names.
 */
public final class ExecSocket implements Session.Listener, PodRuntime.Terminal {
    private static final Logger LOG = LoggerFactory.getLogger(ExecSocket.class);
    private static final int STDIN = 0;
    private static final int STDOUT = 1;
    private static final int STDERR = 2;
    private static final int STATUS = 3;
    private static final int RESIZE = 4;
    private static final int CLOSE = 255;
    /** Only the latest sizes count. */
    private static final int SIZES_MAX = 8;

    private static final PodRuntime.WindowSize GONE = new PodRuntime.WindowSize(-1, -1);

    private final PodRuntime runtime;
    private final PodRuntime.ContainerRef container;
    private final Options options;
    private final StdinPipe stdin = new StdinPipe();
    private final BlockingQueue<PodRuntime.WindowSize> sizes = new ArrayBlockingQueue<>(SIZES_MAX);
    private @Nullable Session session;

    /** What the client asked for. */
    record Options(boolean attach, List<String> command, boolean stdin, boolean stdout, boolean stderr, boolean tty) {}

    ExecSocket(PodRuntime runtime, PodRuntime.ContainerRef container, Options options) {
        this.runtime = runtime;
        this.container = container;
        this.options = options;
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        session = opened;
        Thread.ofVirtual()
                .name("exec-" + container.pod() + "-" + container.container())
                .start(() -> run(opened));
        opened.demand();
    }

    private void run(Session opened) {
        FrameSender sender = new FrameSender(opened);
        try {
            ObjectNode status;
            try {
                status = status(execute(sender));
            } catch (IOException e) {
                LOG.debug("exec in {}: {}", container, e.toString());
                status = failure("InternalError", String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                LOG.error("exec in {} failed", container, e);
                status = failure("InternalError", "Internal error occurred: " + e);
            }
            byte[] bytes = Json.bytes(status);
            sender.send(STATUS, bytes, 0, bytes.length);
            opened.close(StatusCode.NORMAL, "", Callback.NOOP);
        } catch (IOException e) {
            LOG.debug("exec in {}: the client went first", container);
        }
    }

    private int execute(FrameSender sender) throws IOException {
        PodRuntime.ExecRequest request = new PodRuntime.ExecRequest(
                options.command(),
                options.stdin() ? stdin : null,
                options.stdout() ? sender.channel(STDOUT) : OutputStream.nullOutputStream(),
                options.tty() ? null : options.stderr() ? sender.channel(STDERR) : OutputStream.nullOutputStream(),
                options.tty() ? this : null);
        return options.attach() ? runtime.attach(container, request) : runtime.exec(container, request);
    }

    private static ObjectNode status(int exitCode) {
        if (exitCode == 0) {
            ObjectNode status = Json.object();
            status.putObject("metadata");
            return status.put("status", "Success");
        }
        ObjectNode status =
                failure("NonZeroExitCode", "command terminated with non-zero exit code: exit status " + exitCode);
        status.putObject("details")
                .putArray("causes")
                .addObject()
                .put("reason", "ExitCode")
                .put("message", Integer.toString(exitCode));
        return status;
    }

    private static ObjectNode failure(String reason, String message) {
        ObjectNode status = Json.object();
        status.putObject("metadata");
        return status.put("status", "Failure")
                .put("reason", reason)
                .put("message", message)
                .put("code", 500);
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        try {
            if (payload.hasRemaining()) {
                int channel = payload.get() & 0xff;
                byte[] data = new byte[payload.remaining()];
                payload.get(data);
                receive(channel, data);
            }
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

    private void receive(int channel, byte[] data) throws InterruptedException {
        switch (channel) {
            case STDIN -> stdin.offer(data);
            case RESIZE -> resize(data);
            case CLOSE -> {
                if (data.length > 0 && data[0] == STDIN) {
                    stdin.end();
                }
            }
            default -> LOG.debug("exec in {}: data on channel {}", container, channel);
        }
    }

    private void resize(byte[] data) {
        try {
            JsonNode size = Json.parseObject(data);
            PodRuntime.WindowSize window = new PodRuntime.WindowSize(
                    size.path("Width").asInt(), size.path("Height").asInt());
            while (!sizes.offer(window)) {
                sizes.poll();
            }
        } catch (IOException e) {
            LOG.debug("exec in {}: no window size: {}", container, e.toString());
        }
    }

    @Override
    public PodRuntime.@Nullable WindowSize nextSize() throws InterruptedException {
        PodRuntime.WindowSize size = sizes.take();
        return size == GONE ? null : size;
    }

    @Override
    public void onWebSocketClose(int code, String reason, Callback callback) {
        try {
            stdin.end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        while (!sizes.offer(GONE)) {
            sizes.poll();
        }
        callback.succeed();
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        LOG.debug("exec in {}: {}", container, cause.toString());
    }
}

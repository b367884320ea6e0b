package io.periplus.dataplane.zds;

import io.periplus.linux.SeqpacketSocket;
import io.periplus.wire.zds.Ack;
import io.periplus.wire.zds.Version;
import io.periplus.wire.zds.WorkloadResponse;
import io.periplus.wire.zds.ZdsHello;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects to the node agent, again and again, and hands what it says to a {@link PodRegistry}.
 *
 * <p>States: <em>waiting</em> (10 ms, doubled to 500 ms after every failure and every connection of less than a second) → <em>connected</em> (hello sent) → each
 * request is answered by one acknowledgement → <em>waiting</em> when the connection ends or the peer breaks the protocol.
 */
public final class ZdsClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ZdsClient.class);

    /** Both sides of the protocol refuse longer messages. */
    private static final int MESSAGE_BYTES_MAX = 1024;

    private static final long BACKOFF_MILLIS_MIN = 10;
    /** The agent is on the same node, so asking costs nothing, and pods wait for the answer. */
    private static final long BACKOFF_MILLIS_MAX = 500;

    /** A connection that lasted this long ended for a new reason. */
    private static final long STABLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path path;
    private final PodRegistry registry;
    private final ZdsRequests requests;
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile @Nullable SeqpacketSocket current;

    private final long backoffMillisMax;

    private ZdsClient(Path path, PodRegistry registry, long backoffMillisMax) {
        this.path = path;
        this.backoffMillisMax = backoffMillisMax;
        this.registry = registry;
        this.requests = new ZdsRequests(registry);
    }

    /** Starts talking on a thread of its own. */
    public static ZdsClient start(Path path, PodRegistry registry) {
        return start(path, registry, BACKOFF_MILLIS_MAX);
    }

    /** The same with at most this pause between two connections. */
    static ZdsClient start(Path path, PodRegistry registry, long backoffMillisMax) {
        ZdsClient client = new ZdsClient(path, registry, backoffMillisMax);
        Thread.ofPlatform().daemon().name("zds").start(client::run);
        return client;
    }

    private void run() {
        long backoff = BACKOFF_MILLIS_MIN;
        boolean silent = false;
        while (stop.getCount() > 0) {
            try (SeqpacketSocket socket = SeqpacketSocket.connect(path)) {
                current = socket;
                socket.send(ZdsHello.newBuilder().setVersion(Version.V1).build().toByteArray(), -1);
                LOG.info("connected to the node agent at {}", path);
                silent = false;
                long connected = System.nanoTime();
                registry.connected();
                try {
                    serve(socket);
                } finally {
                    registry.disconnected();
                    if (System.nanoTime() - connected > STABLE_NANOS) {
                        backoff = BACKOFF_MILLIS_MIN;
                    }
                }
            } catch (EOFException e) {
                LOG.info("the node agent closed the connection at {}", path);
            } catch (ProtocolException e) {
                LOG.error("the node agent at {} breaks the protocol: {}; connecting anew", path, e.getMessage());
            } catch (RuntimeException e) {
                LOG.error("a message of the node agent could not be followed; connecting anew", e);
            } catch (IOException e) {
                if (!silent && stop.getCount() > 0) {
                    LOG.warn(
                            "no connection to the node agent at {}: {}; is istio-cni-node running?",
                            path,
                            e.getMessage());
                    silent = true;
                }
            } finally {
                current = null;
            }
            pause(backoff);
            backoff = Math.min(backoff * 2, backoffMillisMax);
        }
    }

    private void pause(long millis) {
        try {
            if (stop.await(millis, TimeUnit.MILLISECONDS)) {
                LOG.debug("stopped");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SeqpacketSocket socket) throws IOException {
        while (true) {
            SeqpacketSocket.Packet packet = socket.receive(MESSAGE_BYTES_MAX);
            String error = requests.handle(packet);
            WorkloadResponse response = WorkloadResponse.newBuilder()
                    .setAck(Ack.newBuilder().setError(error))
                    .build();
            socket.send(response.toByteArray(), -1);
        }
    }

    @Override
    public void close() throws IOException {
        stop.countDown();
        SeqpacketSocket socket = current;
        if (socket != null) {
            socket.close();
        }
    }
}

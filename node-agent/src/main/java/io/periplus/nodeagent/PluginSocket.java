package io.periplus.nodeagent;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the CNI plugin asks: {@code POST /cmdadd} over a unix socket; 200 lets the pod start, all else does not. */
final class PluginSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PluginSocket.class);

    /** More pods than this do not start on a node at the same moment; the rest waits in the socket's queue. */
    private static final int CONNECTIONS_MAX = 128;

    /** A plugin has given up long before. */
    private static final int CONNECTION_SECONDS_MAX = 10;

    /** Before the next attempt to accept: for want of descriptors there may be some then. */
    private static final long PAUSE_MILLIS = 1_000;

    /** Decides about a pod. */
    interface Starts {
        /**
         * Returns when the pod may start.
         *
         * @throws IOException why it may not
         */
        void start(PodStart pod) throws IOException;
    }

    private final ServerSocketChannel server;
    private final Path path;
    private final Starts starts;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Semaphore free = new Semaphore(CONNECTIONS_MAX);

    private PluginSocket(ServerSocketChannel server, Path path, Starts starts) {
        this.server = server;
        this.path = path;
        this.starts = starts;
    }

    /** Listens on {@code path}, for root only; a socket file that an earlier process left there is replaced. */
    static PluginSocket serve(Path path, Starts starts) throws IOException {
        Files.createDirectories(path.toAbsolutePath().getParent());
        Files.deleteIfExists(path);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path), CONNECTIONS_MAX);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            server.close();
            throw e;
        }
        PluginSocket socket = new PluginSocket(server, path, starts);
        Thread.ofVirtual().name("plugin-socket").start(socket::accept);
        return socket;
    }

    /** Ends with the socket alone: while it listens plugins connect, and no pod starts unless somebody answers. */
    private void accept() {
        try {
            while (server.isOpen()) {
                free.acquire();
                try {
                    SocketChannel plugin = server.accept();
                    Thread.ofVirtual().name("pod-start").start(() -> {
                        try {
                            answer(plugin);
                        } finally {
                            free.release();
                        }
                    });
                } catch (IOException e) {
                    free.release();
                    if (server.isOpen()) {
                        LOG.warn("{}: no pod can start: {}; trying again in {} ms", path, e.toString(), PAUSE_MILLIS);
                        closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(SocketChannel plugin) {
        CompletableFuture<Void> watchdog =
                new CompletableFuture<Void>().orTimeout(CONNECTION_SECONDS_MAX, TimeUnit.SECONDS);
        watchdog.whenComplete((done, late) -> closeQuietly(plugin));
        try {
            PluginExchange.with(plugin, this::decide);
        } catch (IOException e) {
            LOG.debug("the plugin went away: {}", e.toString());
        } finally {
            watchdog.complete(null);
        }
    }

    private PluginExchange.Answer decide(byte[] body) {
        PodStart pod;
        try {
            pod = PodStart.parse(body);
        } catch (IllegalArgumentException e) {
            LOG.warn("a request that is none of the CNI plugin's: {}", e.getMessage());
            return new PluginExchange.Answer(400, String.valueOf(e.getMessage()));
        }
        try {
            starts.start(pod);
            return PluginExchange.Answer.OK;
        } catch (IOException | RuntimeException e) {
            LOG.warn("pod {} may not start: {}", pod, e.getMessage());
            return new PluginExchange.Answer(500, String.valueOf(e.getMessage()));
        }
    }

    private static void closeQuietly(SocketChannel plugin) {
        try {
            plugin.close();
        } catch (IOException e) {
            LOG.debug("closing a plugin's connection", e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        closed.countDown();
        Files.deleteIfExists(path);
    }
}

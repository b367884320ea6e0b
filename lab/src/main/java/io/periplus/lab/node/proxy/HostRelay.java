package io.periplus.lab.node.proxy;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listener on the host whose connections are passed on to the same address inside a node. */
public final class HostRelay implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(HostRelay.class);
    private static final int BUFFER = 32 * 1024;
    /** Two buffers each: 64 MiB at most for one port. */
    private static final int CONNECTIONS_MAX = 1024;

    private static final int BACKLOG = 512;

    /** Makes unconnected TCP sockets inside the node. */
    @FunctionalInterface
    public interface Sockets {
        /** @param destination what the socket will be connected to */
        SocketChannel open(InetSocketAddress destination) throws IOException;
    }

    private final InetSocketAddress address;
    private final ServerSocketChannel server;
    private final Sockets sockets;
    private final Semaphore free = new Semaphore(CONNECTIONS_MAX);
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();

    private HostRelay(InetSocketAddress address, ServerSocketChannel server, Sockets sockets) {
        this.address = address;
        this.server = server;
        this.sockets = sockets;
    }

    static HostRelay listen(InetSocketAddress address, Sockets sockets) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.INET);
        try {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true).bind(address, BACKLOG);
        } catch (IOException e) {
            server.close();
            throw e;
        }
        HostRelay relay = new HostRelay(address, server, sockets);
        Thread.ofVirtual().name("relay " + address).start(relay::accept);
        return relay;
    }

    private void accept() {
        try {
            while (true) {
                free.acquire();
                SocketChannel client = server.accept();
                Thread.ofVirtual().name("relay " + address).start(() -> serve(client));
            }
        } catch (IOException e) {
            LOG.debug("{} is no longer listened on", address);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // A service without endpoints refuses; the client then sees its connection end.
    private void serve(SocketChannel client) {
        connections.add(client);
        try (client;
                SocketChannel node = sockets.open(address)) {
            connections.add(node);
            if (!server.isOpen()) {
                return;
            }
            try {
                node.connect(address);
                client.setOption(StandardSocketOptions.TCP_NODELAY, true);
                node.setOption(StandardSocketOptions.TCP_NODELAY, true);
                Thread back = Thread.ofVirtual().name("relay " + address).start(() -> pass(node, client));
                pass(client, node);
                back.join();
            } finally {
                connections.remove(node);
            }
        } catch (IOException e) {
            LOG.debug("{}: {}", address, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(client);
            free.release();
        }
    }

    // An end is passed on as such; an error ends both directions.
    private static void pass(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            reset(from);
            reset(to);
        }
    }

    private static void reset(SocketChannel channel) {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.close();
        } catch (IOException e) {
            LOG.debug("closed already: {}", e.toString());
        }
    }

    /** Stops listening and ends what is open. */
    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            LOG.warn("{} could not be closed: {}", address, e.getMessage());
        }
        connections.forEach(HostRelay::reset);
    }
}

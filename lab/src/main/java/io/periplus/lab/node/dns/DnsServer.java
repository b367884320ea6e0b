package io.periplus.lab.node.dns;

import io.periplus.lab.node.net.NodeNetwork;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers queries over UDP and TCP on an address of a node. */
public final class DnsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DnsServer.class);
    private static final int PORT = 53;
    /** DNS over TCP is the exception: a few clients with long answers. */
    private static final int CONNECTIONS = 64;

    private static final int IDLE_MILLIS = 10_000;

    private final ClusterNames names;
    private final DatagramChannel datagrams;
    private final ServerSocketChannel listener;

    private DnsServer(ClusterNames names, DatagramChannel datagrams, ServerSocketChannel listener) {
        this.names = names;
        this.datagrams = datagrams;
        this.listener = listener;
    }

    public static DnsServer start(NodeNetwork network, String address, ClusterNames names) throws IOException {
        DatagramChannel datagrams = network.datagrams(address, PORT);
        DnsServer server;
        try {
            server = new DnsServer(names, datagrams, network.listen(address, PORT));
        } catch (IOException e) {
            datagrams.close();
            throw e;
        }
        Thread.ofVirtual().name("dns udp").start(server::serveDatagrams);
        Thread.ofVirtual().name("dns tcp").start(server::serveConnections);
        return server;
    }

    private void serveDatagrams() {
        ByteBuffer in = ByteBuffer.allocate(4096);
        while (datagrams.isOpen()) {
            try {
                SocketAddress client = datagrams.receive(in.clear());
                ByteBuffer response = respond(in.flip(), false);
                if (response != null) {
                    datagrams.send(response, client);
                }
            } catch (IOException | RuntimeException e) {
                if (datagrams.isOpen()) {
                    LOG.warn("a DNS query could not be answered: {}", e.toString());
                }
            }
        }
    }

    private void serveConnections() {
        Semaphore free = new Semaphore(CONNECTIONS);
        while (listener.isOpen()) {
            try {
                free.acquireUninterruptibly();
                SocketChannel client = listener.accept();
                Thread.ofVirtual().name("dns tcp client").start(() -> {
                    try (client) {
                        converse(client.socket());
                    } catch (IOException | RuntimeException e) {
                        LOG.debug("DNS over TCP: {}", e.toString());
                    } finally {
                        free.release();
                    }
                });
            } catch (IOException e) {
                free.release();
                if (listener.isOpen()) {
                    LOG.warn("DNS over TCP: {}", e.toString());
                }
            }
        }
    }

    private void converse(Socket client) throws IOException {
        client.setSoTimeout(IDLE_MILLIS);
        DataInputStream in = new DataInputStream(client.getInputStream());
        while (true) {
            int length = in.read();
            if (length < 0) {
                return;
            }
            byte[] query = in.readNBytes(length << 8 | in.readUnsignedByte());
            ByteBuffer response = respond(ByteBuffer.wrap(query), true);
            if (response == null) {
                return;
            }
            byte[] framed = new byte[response.remaining() + 2];
            framed[0] = (byte) (response.remaining() >> 8);
            framed[1] = (byte) response.remaining();
            response.get(framed, 2, framed.length - 2);
            client.getOutputStream().write(framed);
        }
    }

    private @Nullable ByteBuffer respond(ByteBuffer in, boolean tcp) {
        DnsMessage.Query query = DnsMessage.read(in);
        if (query == null) {
            return null;
        }
        boolean usable = query.question().length > 0 && (query.flags() & 0x7800) == 0;
        DnsAnswer answer = usable ? names.answer(query.name(), query.type()) : null;
        return DnsMessage.write(query, answer, names.zone(), tcp ? DnsMessage.MAX_SIZE : query.size());
    }

    /** Where it listens. */
    public InetSocketAddress address() throws IOException {
        return (InetSocketAddress) listener.getLocalAddress();
    }

    @Override
    public void close() throws IOException {
        datagrams.close();
        listener.close();
    }
}

package io.periplus.ztunnel;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The cluster's own DNS, on port 53 of a namespace: {@code big.…} has 100 TXT-like addresses and is cut short over UDP,
 * {@code silent.…} is never answered, {@code known.…} has one address, all others do not exist.
 */
final class NameServer implements AutoCloseable {
    private static final int PORT = 53;
    private static final byte[] RECORD = {(byte) 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4};
    private static final int BIG = 100;

    final AtomicInteger overUdp = new AtomicInteger();
    final AtomicInteger overTcp = new AtomicInteger();
    private final DatagramSocket datagrams;
    private final ServerSocket listener;
    private final byte[] known;

    private NameServer(DatagramSocket datagrams, ServerSocket listener, byte[] known) {
        this.known = known;
        this.datagrams = datagrams;
        this.listener = listener;
    }

    /** In a pod; {@code known.…} is at 192.0.2.53. */
    static NameServer in(PodHost pod) throws IOException {
        return start(pod.namespace().call(() -> open(new InetSocketAddress(pod.address(), PORT), "192.0.2.53")));
    }

    /** In the test's own namespace, on any port. */
    static NameServer onLoopback(String address) throws IOException {
        return start(open(new InetSocketAddress("127.0.0.1", 0), address));
    }

    private static NameServer open(InetSocketAddress at, String address) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.bind(at);
        return new NameServer(
                new DatagramSocket(new InetSocketAddress(at.getAddress(), listener.getLocalPort())),
                listener,
                InetAddress.ofLiteral(address).getAddress());
    }

    InetSocketAddress address() {
        return (InetSocketAddress) datagrams.getLocalSocketAddress();
    }

    private static NameServer start(NameServer server) {
        Thread.ofPlatform().daemon().name("dns-udp").start(server::serveDatagrams);
        Thread.ofPlatform().daemon().name("dns-tcp").start(server::serveStreams);
        return server;
    }

    private void serveDatagrams() {
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
                datagrams.receive(packet);
                overUdp.incrementAndGet();
                byte[] answer = answer(Arrays.copyOf(packet.getData(), packet.getLength()), false);
                if (answer.length > 0) {
                    datagrams.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    private void serveStreams() {
        try {
            while (true) {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] query = new byte[in.readUnsignedShort()];
            in.readFully(query);
            overTcp.incrementAndGet();
            byte[] answer = answer(query, true);
            socket.getOutputStream()
                    .write(ByteBuffer.allocate(2 + answer.length)
                            .putShort((short) answer.length)
                            .put(answer)
                            .array());
        } catch (IOException _) {
            // The client has gone.
        }
    }

    private byte[] answer(byte[] query, boolean stream) {
        String label = new String(query, 13, query[12]);
        int questionEnd = 12;
        while (query[questionEnd] != 0) {
            questionEnd += query[questionEnd] + 1;
        }
        questionEnd += 5;
        int records = switch (label) {
            case "known" -> 1;
            case "big" -> stream ? BIG : 0;
            default -> 0;
        };
        if (label.equals("silent")) {
            return new byte[0];
        }
        int code = label.equals("known") || label.equals("big") ? 0 : 3;
        ByteBuffer out = ByteBuffer.allocate(questionEnd + records * (RECORD.length + known.length));
        out.put(query, 0, questionEnd);
        out.put(2, (byte) (0x84 | (label.equals("big") && !stream ? 2 : 0))).put(3, (byte) code);
        out.putShort(6, (short) records).putInt(8, 0);
        for (int i = 0; i < records; i++) {
            out.put(RECORD).put(known);
        }
        return out.array();
    }

    @Override
    public void close() throws IOException {
        datagrams.close();
        listener.close();
    }
}

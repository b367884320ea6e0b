package io.periplus.lab.lifecycle;

import io.periplus.lab.node.LabNode;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/** Asks a cluster's DNS for a name, over TCP from inside the node's network, until there is an answer. */
final class DnsProbe {
    private static final int PORT = 53;
    /** The server answers from what its watches have told it so far; there is nothing to wait on from outside. */
    private static final long PAUSE_NANOS = 20_000_000;

    private DnsProbe() {}

    /** @throws InterruptedException when the caller has waited long enough */
    static void await(LabNode node, String server, String name) throws IOException, InterruptedException {
        while (!hasAddress(node, server, name)) {
            LockSupport.parkNanos(PAUSE_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException("cluster DNS has no address for " + name);
            }
        }
    }

    private static boolean hasAddress(LabNode node, String server, String name) throws IOException {
        try (SocketChannel channel = node.openSocket()) {
            channel.connect(new InetSocketAddress(InetAddress.ofLiteral(server), PORT));
            byte[] query = query(name);
            var out = new DataOutputStream(Channels.newOutputStream(channel));
            out.writeShort(query.length);
            out.write(query);
            out.flush();
            var in = new DataInputStream(Channels.newInputStream(channel));
            byte[] answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);
            // RFC 1035 §4.1.1: response code in the low bits of the fourth byte, number of answers in the seventh and
            // eighth.
            return (answer[3] & 15) == 0 && (answer[6] | answer[7]) != 0;
        }
    }

    /** One question: type A, class IN. */
    private static byte[] query(String name) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeShort(1);
        out.writeShort(0x0100);
        out.writeShort(1);
        out.writeShort(0);
        out.writeInt(0);
        for (String label : name.split("\\.")) {
            out.writeByte(label.length());
            out.write(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.writeByte(0);
        out.writeShort(1);
        out.writeShort(1);
        return bytes.toByteArray();
    }
}

package io.periplus.ztunnel.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsResponseDecoder;
import io.netty.util.ReferenceCountUtil;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A DNS client for tests; answers are read by Netty's codec, so that a mistake of ours does not hide itself. */
public final class Dns {
    /** Recursion desired, as every stub asks. */
    private static final int FLAGS = 0x0100;

    private static final int ID = 0x4242;
    private static final int PATIENCE_MILLIS = 4000;

    /**
     * What came back.
     *
     * @param records {@code name type value}; the value of an address is its text, of others hexadecimal
     * @param payload of EDNS, 0 without
     */
    public record Reply(
            int code, boolean authoritative, boolean truncated, List<String> records, int payload, int bytes) {}

    private Dns() {}

    /** The bytes of a query. */
    public static byte[] query(String name, int type, int payload) {
        byte[] owner = DnsWriter.wire(name);
        ByteBuffer out = ByteBuffer.allocate(12 + owner.length + 4 + (payload > 0 ? 11 : 0));
        out.putShort((short) ID).putShort((short) FLAGS).putShort((short) 1).putInt(0);
        out.putShort((short) (payload > 0 ? 1 : 0)).put(owner).putShort((short) type);
        out.putShort((short) DnsCode.CLASS_IN);
        if (payload > 0) {
            out.put((byte) 0).putShort((short) DnsCode.TYPE_OPT).putShort((short) payload);
        }
        return out.array();
    }

    /** Asks over UDP from wherever {@code socket} is. */
    public static Reply udp(DatagramSocket socket, InetSocketAddress server, byte[] query) throws IOException {
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.send(new DatagramPacket(query, query.length, server));
        DatagramPacket answer = new DatagramPacket(new byte[65_535], 65_535);
        try {
            socket.receive(answer);
        } catch (SocketTimeoutException e) {
            throw new IOException("no answer from " + server, e);
        }
        if (!answer.getSocketAddress().equals(server)) {
            throw new IOException("answer from " + answer.getSocketAddress());
        }
        return read(java.util.Arrays.copyOf(answer.getData(), answer.getLength()));
    }

    /** Asks over TCP, on a connection that is open. */
    public static Reply tcp(Socket connection, byte[] query) throws IOException {
        return tcp(connection, query, PATIENCE_MILLIS);
    }

    /** The same with another patience. */
    public static Reply tcp(Socket connection, byte[] query, int patienceMillis) throws IOException {
        connection.setSoTimeout(patienceMillis);
        connection.getOutputStream().write(framed(query));
        DataInputStream in = new DataInputStream(connection.getInputStream());
        byte[] answer = new byte[in.readUnsignedShort()];
        in.readFully(answer);
        return read(answer);
    }

    static byte[] framed(byte[] message) {
        return ByteBuffer.allocate(2 + message.length)
                .putShort((short) message.length)
                .put(message)
                .array();
    }

    /** Reads an answer. */
    public static Reply read(byte[] message) {
        EmbeddedChannel codec = new EmbeddedChannel(new TcpDnsResponseDecoder());
        codec.writeInbound(Unpooled.wrappedBuffer(framed(message)));
        DnsResponse response = codec.readInbound();
        try {
            if (response.id() != ID) {
                throw new IllegalStateException("another id: " + response.id());
            }
            List<String> records = new ArrayList<>();
            for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
                records.add(text(response.recordAt(DnsSection.ANSWER, i)));
            }
            int payload = response.count(DnsSection.ADDITIONAL) == 0
                    ? 0
                    : response.<DnsRecord>recordAt(DnsSection.ADDITIONAL).dnsClass();
            return new Reply(
                    response.code().intValue(),
                    response.isAuthoritativeAnswer(),
                    response.isTruncated(),
                    records,
                    payload,
                    message.length);
        } finally {
            ReferenceCountUtil.release(response);
            codec.finishAndReleaseAll();
        }
    }

    private static String text(DnsRecord answer) {
        ByteBuf content = ((DnsRawRecord) answer).content();
        boolean address = answer.type().equals(DnsRecordType.A) || answer.type().equals(DnsRecordType.AAAA);
        try {
            String value = address
                    ? InetAddress.getByAddress(ByteBufUtil.getBytes(content)).getHostAddress()
                    : ByteBufUtil.hexDump(content);
            return answer.name() + " " + answer.type().name() + " " + value;
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }
}

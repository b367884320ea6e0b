package io.periplus.nodeagent;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/** A TCP segment as it goes into an IPv4 packet (RFC 9293). */
record TcpSegment(byte[] bytes) {
    private static final int PROTOCOL = 6;
    private static final int CHECKSUM_OFFSET = 16;
    private static final short HEADER_OF_40_BYTES_AND_ACK = (short) 0xa010;
    private static final int SIGNATURE_BYTES = 16;

    /** An ACK with a signature (RFC 2385), which nobody can verify. */
    static TcpSegment signedAck(String from, int fromPort, String to, int toPort) {
        ByteBuffer segment = ByteBuffer.allocate(40);
        segment.putShort((short) fromPort).putShort((short) toPort).putInt(1000).putInt(2000);
        segment.putShort(HEADER_OF_40_BYTES_AND_ACK).putShort((short) 1000).putInt(0);
        segment.put((byte) 19)
                .put((byte) 18)
                .put(new byte[SIGNATURE_BYTES])
                .put((byte) 1)
                .put((byte) 1);
        ByteBuffer pseudo = ByteBuffer.allocate(12 + segment.capacity())
                .put(InetAddress.ofLiteral(from).getAddress())
                .put(InetAddress.ofLiteral(to).getAddress())
                .putShort((short) PROTOCOL)
                .putShort((short) segment.capacity())
                .put(segment.array());
        segment.putShort(CHECKSUM_OFFSET, checksum(pseudo.flip()));
        return new TcpSegment(segment.array());
    }

    /** For {@code printf} of a shell. */
    String octal() {
        StringBuilder text = new StringBuilder();
        for (byte value : bytes) {
            text.append("\\%03o".formatted(value & 0xff));
        }
        return text.toString();
    }

    private static short checksum(ByteBuffer words) {
        int sum = 0;
        while (words.hasRemaining()) {
            sum += words.getShort() & 0xffff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        return (short) ~(sum + (sum >>> 16));
    }
}

package io.periplus.waypoint.tunnel;

import io.netty.buffer.ByteBuf;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What a TLS client says first (RFC 8446 §4.1.2), as far as it decides where its connection goes and which certificate it
 * is shown.
 *
 * @param serverName that it asks for, lower case; empty if it names none
 * @param ecdsa whether it takes certificates with ECDSA keys
 */
public record ClientHello(String serverName, boolean ecdsa) {
    /** Bytes of the longest one that is waited for: post-quantum key shares and a session ticket take four of them. */
    static final int BYTES_MAX = 16 * 1024;

    private static final int RECORD_HEADER = 5;
    private static final int HANDSHAKE = 22;
    private static final int TYPE_MIN = 20;
    private static final int TYPE_MAX = 24;
    private static final int MESSAGE_HEADER = 4;
    private static final int CLIENT_HELLO = 1;
    private static final int RANDOM_AND_VERSION = 34;
    private static final int SERVER_NAME = 0;
    private static final int SIGNATURE_ALGORITHMS = 13;

    /** What the first bytes of a connection are. */
    sealed interface Peek {
        /** All of it is there. */
        record Complete(ClientHello hello) implements Peek {}

        /** More has to come. */
        record Partial() implements Peek {}

        /** TLS that begins otherwise, or with more than anybody needs: what it asks for cannot be known. */
        record Unreadable() implements Peek {}

        /** No TLS. */
        record Other() implements Peek {}
    }

    private static final Peek PARTIAL = new Peek.Partial();
    private static final Peek UNREADABLE = new Peek.Unreadable();
    private static final Peek OTHER = new Peek.Other();

    /** Looks at the bytes from the reader index on and leaves them as they are. */
    static Peek peek(ByteBuf bytes) {
        if (bytes.isReadable() && !isRecord(bytes)) {
            return OTHER;
        }
        byte[] message = new byte[Math.min(bytes.readableBytes(), BYTES_MAX)];
        int length = 0;
        int at = bytes.readerIndex();
        // What follows the hello, such as early data, may stand in the same bytes and is not looked at.
        while (at < bytes.writerIndex() && !isWhole(message, length)) {
            if (bytes.getByte(at) != HANDSHAKE) {
                return UNREADABLE;
            }
            if (bytes.writerIndex() - at < RECORD_HEADER) {
                break;
            }
            int size = bytes.getUnsignedShort(at + 3);
            at += RECORD_HEADER;
            int there = Math.min(size, bytes.writerIndex() - at);
            if (size == 0 || length + there > BYTES_MAX) {
                return UNREADABLE;
            }
            bytes.getBytes(at, message, length, there);
            length += there;
            at += there;
        }
        return ofMessage(ByteBuffer.wrap(message, 0, length));
    }

    /** As much of it as is there: the type of a record (RFC 8446 §5.1) and the first half of the version. */
    private static boolean isRecord(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int type = bytes.getByte(at);
        return type >= TYPE_MIN && type <= TYPE_MAX && (bytes.readableBytes() == 1 || bytes.getByte(at + 1) == 3);
    }

    private static boolean isWhole(byte[] message, int length) {
        return length >= MESSAGE_HEADER
                && length - MESSAGE_HEADER >= (ByteBuffer.wrap(message).getInt() & 0xffffff);
    }

    private static Peek ofMessage(ByteBuffer message) {
        if (message.remaining() < MESSAGE_HEADER) {
            return PARTIAL;
        }
        int header = message.getInt();
        int size = header & 0xffffff;
        if (header >>> 24 != CLIENT_HELLO) {
            return OTHER;
        }
        if (size > BYTES_MAX - MESSAGE_HEADER) {
            return UNREADABLE;
        }
        if (message.remaining() < size) {
            return PARTIAL;
        }
        try {
            return new Peek.Complete(parse(message.slice(MESSAGE_HEADER, size)));
        } catch (BufferUnderflowException | IndexOutOfBoundsException _) {
            return UNREADABLE;
        }
    }

    private static ClientHello parse(ByteBuffer hello) {
        take(hello, RANDOM_AND_VERSION);
        take(hello, hello.get() & 0xff);
        boolean suites = takesEcdsa(take(hello, hello.getShort() & 0xffff));
        take(hello, hello.get() & 0xff);
        String name = "";
        boolean signatures = false;
        ByteBuffer extensions = hello.hasRemaining() ? take(hello, hello.getShort() & 0xffff) : hello;
        while (extensions.hasRemaining()) {
            int type = extensions.getShort() & 0xffff;
            ByteBuffer extension = take(extensions, extensions.getShort() & 0xffff);
            switch (type) {
                case SERVER_NAME -> name = serverName(extension);
                case SIGNATURE_ALGORITHMS -> signatures = signsEcdsa(extension);
                default -> {
                    // Says nothing that is needed here.
                }
            }
        }
        return new ClientHello(name, suites && signatures);
    }

    /** RFC 6066 §3; of several names the first counts, as there may be one only. */
    private static String serverName(ByteBuffer extension) {
        ByteBuffer names = take(extension, extension.getShort() & 0xffff);
        if (names.get() != 0) {
            return "";
        }
        ByteBuffer host = take(names, names.getShort() & 0xffff);
        String name = StandardCharsets.US_ASCII.decode(host).toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /** Every suite of TLS 1.3 does; of the older ones those that name ECDSA. */
    private static boolean takesEcdsa(ByteBuffer suites) {
        while (suites.remaining() >= 2) {
            int suite = suites.getShort() & 0xffff;
            boolean tls13 = suite >>> 8 == 0x13;
            boolean named = switch (suite) {
                case 0xc009, 0xc00a, 0xc023, 0xc024, 0xc02b, 0xc02c, 0xcca9 -> true;
                default -> false;
            };
            if (tls13 || named) {
                return true;
            }
        }
        return false;
    }

    /** RFC 8446 §4.2.3: the scheme's low byte is 3 for ECDSA. */
    private static boolean signsEcdsa(ByteBuffer extension) {
        ByteBuffer schemes = take(extension, extension.getShort() & 0xffff);
        while (schemes.remaining() >= 2) {
            int scheme = schemes.getShort() & 0xffff;
            if (scheme == 0x0403 || scheme == 0x0503 || scheme == 0x0603) {
                return true;
            }
        }
        return false;
    }

    /** The next bytes, which are passed over. */
    private static ByteBuffer take(ByteBuffer from, int count) {
        if (count > from.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer taken = from.slice(from.position(), count);
        from.position(from.position() + count);
        return taken;
    }
}

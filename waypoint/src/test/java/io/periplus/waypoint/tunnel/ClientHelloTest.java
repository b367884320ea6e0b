package io.periplus.waypoint.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

/** The first message of a TLS client, however it arrives. */
class ClientHelloTest {
    private static final String NAME = "db.example.com";

    private static byte[] hello() throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(NAME)));
        engine.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(1 << 15);
        engine.wrap(ByteBuffer.allocate(0), out);
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }

    private static void isRead(ByteBuf bytes) {
        assertThat(ClientHello.peek(bytes))
                .isInstanceOfSatisfying(
                        ClientHello.Peek.Complete.class,
                        complete -> assertThat(complete.hello().serverName()).isEqualTo(NAME));
    }

    @Test
    void everyPieceButTheLastIsTooLittle() throws Exception {
        byte[] hello = hello();
        for (int length = 1; length < hello.length; length++) {
            assertThat(ClientHello.peek(Unpooled.wrappedBuffer(hello, 0, length)))
                    .as("%s of %s bytes", length, hello.length)
                    .isInstanceOf(ClientHello.Peek.Partial.class);
        }
        isRead(Unpooled.wrappedBuffer(hello));
    }

    @Test
    void whatFollowsInTheSameBytesDoesNotMatter() throws Exception {
        byte[] hello = hello();
        byte[] changeCipherSpec = {20, 3, 3, 0, 1, 1};
        byte[] earlyData = {23, 3, 3, 0, 4, 9, 9, 9, 9};
        isRead(Unpooled.wrappedBuffer(hello, changeCipherSpec, earlyData));
        isRead(Unpooled.wrappedBuffer(hello, new byte[] {0}));
        isRead(Unpooled.wrappedBuffer(hello, hello));
    }

    @Test
    void aHelloMayComeInSeveralRecords() throws Exception {
        byte[] hello = hello();
        ByteBuf records = Unpooled.buffer();
        for (int at = 5; at < hello.length; at += 100) {
            int length = Math.min(100, hello.length - at);
            records.writeByte(22).writeShort(0x0303).writeShort(length).writeBytes(hello, at, length);
        }
        isRead(records);
        isRead(Unpooled.wrappedBuffer(records, Unpooled.wrappedBuffer(new byte[] {23, 3, 3})));
    }

    @Test
    void whatHidesItIsNotTakenForSomethingElse() {
        byte[] warningFirst = {21, 3, 1, 0, 2, 1, 90};
        byte[] tooLong = {22, 3, 1, 0, 4, 1, 0, (byte) 0x80, 0};
        byte[] broken = {22, 3, 1, 0, 5, 1, 0, 0, 1, 3};
        for (byte[] bytes : List.of(warningFirst, tooLong, broken)) {
            assertThat(ClientHello.peek(Unpooled.wrappedBuffer(bytes))).isInstanceOf(ClientHello.Peek.Unreadable.class);
        }
    }

    @Test
    void otherBytesAreNone() {
        assertThat(ClientHello.peek(Unpooled.wrappedBuffer(new byte[] {'G', 'E', 'T'})))
                .isInstanceOf(ClientHello.Peek.Other.class);
        assertThat(ClientHello.peek(Unpooled.wrappedBuffer(new byte[] {22, 3, 1, 0, 4, 2, 0, 0, 0})))
                .as("a ServerHello")
                .isInstanceOf(ClientHello.Peek.Other.class);
    }
}

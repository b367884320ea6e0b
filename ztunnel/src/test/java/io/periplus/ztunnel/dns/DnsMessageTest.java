package io.periplus.ztunnel.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsQueryDecoder;
import io.netty.util.ReferenceCountUtil;
import io.periplus.dataplane.address.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Messages as they are on the wire. */
final class DnsMessageTest {
    private static final int ROUND = 5_000;
    private static final List<IpAddress> MANY = IntStream.range(0, 256)
            .mapToObj(i -> IpAddress.parse("10.1.0." + i))
            .toList();

    @Test
    void lettersOfTheQuestionAreRepeatedAsTheyCame() {
        DnsQuery query = read(Dns.query("StOcK.sHop", DnsCode.TYPE_A, 0));

        assertThat(query.name()).isEqualTo("stock.shop");
        byte[] answer = DnsWriter.addresses(query, null, MANY.subList(7, 8), 512);
        assertThat(new String(answer, StandardCharsets.ISO_8859_1)).contains("StOcK");
        assertThat(Dns.read(answer).records()).containsExactly("StOcK.sHop. A 10.1.0.7");
    }

    @Test
    void anAliasComesBeforeItsAddresses() {
        DnsQuery query = read(Dns.query("api.example.com.shop.svc.cluster.local", DnsCode.TYPE_AAAA, 0));

        Dns.Reply reply =
                Dns.read(DnsWriter.addresses(query, "api.example.com", List.of(IpAddress.parse("fd00::1")), 512));

        assertThat(reply.authoritative()).isTrue();
        assertThat(reply.records())
                .containsExactly(
                        "api.example.com.shop.svc.cluster.local. CNAME "
                                + HexFormat.of().formatHex(DnsWriter.wire("api.example.com")),
                        "api.example.com. AAAA fd00:0:0:0:0:0:0:1");
    }

    @Test
    void whatDoesNotFitIsLeftOutAndSaidSo() {
        DnsQuery plain = read(Dns.query("many", DnsCode.TYPE_A, 0));
        DnsQuery wide = read(Dns.query("many", DnsCode.TYPE_A, 1232));

        Dns.Reply small = Dns.read(DnsWriter.addresses(plain, null, MANY, plain.datagramLimit()));
        Dns.Reply medium = Dns.read(DnsWriter.addresses(wide, null, MANY, wide.datagramLimit()));
        Dns.Reply whole = Dns.read(DnsWriter.addresses(wide, null, MANY, DnsCode.MESSAGE_BYTES_MAX));

        assertThat(small.truncated()).isTrue();
        assertThat(small.bytes()).isBetween(490, 512);
        assertThat(small.payload()).isZero();
        assertThat(medium.truncated()).isTrue();
        assertThat(medium.bytes()).isBetween(1210, 1232);
        assertThat(medium.payload()).isEqualTo(1232);
        assertThat(whole.truncated()).isFalse();
        assertThat(whole.records()).hasSize(256);
    }

    @Test
    void aPayloadThatIsTooSmallCountsAs512() {
        assertThat(read(Dns.query("a", DnsCode.TYPE_A, 100)).payload()).isEqualTo(512);
    }

    @Test
    void aNameOfBytesThatNoHostHasIsReadButNotTheMeshs() {
        byte[] query = Dns.query("a.b", DnsCode.TYPE_A, 0);
        query[13] = '.';

        assertThat(read(query).name()).isNull();
    }

    @Test
    void whatIsNoQueryIsRefusedOrIgnored() {
        byte[] good = Dns.query("stock", DnsCode.TYPE_A, 0);
        assertThat(DnsReader.query(new byte[11])).isInstanceOf(Received.Noise.class);
        assertThat(DnsReader.query(with(good, 2, 0x81))).as("a response").isInstanceOf(Received.Noise.class);
        assertThat(code(with(good, 2, 0x28))).as("an update").isEqualTo(DnsCode.NOT_IMPLEMENTED);
        assertThat(code(with(good, 5, 2))).as("two questions").isEqualTo(DnsCode.FORMAT_ERROR);
        assertThat(code(with(good, 11, 1))).as("a record that is missing").isEqualTo(DnsCode.FORMAT_ERROR);
        assertThat(code(with(good, 12, 0xc0))).as("a pointer to nowhere").isEqualTo(DnsCode.FORMAT_ERROR);
        assertThat(code(Arrays.copyOf(good, good.length + 1)))
                .as("something left over")
                .isEqualTo(DnsCode.FORMAT_ERROR);
        byte[] future = Dns.query("stock", DnsCode.TYPE_A, 1232);
        assertThat(code(with(future, future.length - 5, 1))).as("EDNS 1").isEqualTo(DnsCode.BAD_VERSION);
        for (int length = 12; length < good.length; length++) {
            assertThat(code(Arrays.copyOf(good, length)))
                    .as("cut at %d", length)
                    .isEqualTo(DnsCode.FORMAT_ERROR);
        }
    }

    @Test
    void refusalsCanBeRead() {
        for (int code : new int[] {DnsCode.FORMAT_ERROR, DnsCode.NOT_IMPLEMENTED, DnsCode.BAD_VERSION}) {
            byte[] answer = DnsWriter.failure(new Received.Bad(0x4242, 0x0100, code));

            assertThat(Dns.read(answer).code()).isEqualTo(code & 0xf);
            assertThat(Dns.read(answer).payload()).isEqualTo(code > 15 ? 512 : 0);
        }
    }

    @Test
    void anAnswerIsTakenOnlyForItsOwnQuestion() {
        byte[] asked = Dns.query("stock", DnsCode.TYPE_A, 0);
        DnsQuery query = read(asked);
        byte[] answer = DnsWriter.addresses(query, null, MANY.subList(0, 1), 512);

        assertThat(DnsReader.isAnswer(answer, query.id(), query.question())).isTrue();
        assertThat(DnsReader.isAnswer(with(answer, 13, 'S'), query.id(), query.question()))
                .as("case")
                .isTrue();
        assertThat(DnsReader.isAnswer(with(answer, 13, 'x'), query.id(), query.question()))
                .isFalse();
        assertThat(DnsReader.isAnswer(answer, query.id() + 1, query.question())).isFalse();
        assertThat(DnsReader.isAnswer(asked, query.id(), query.question()))
                .as("a query")
                .isFalse();
        assertThat(DnsReader.isAnswer(Arrays.copyOf(answer, 14), query.id(), query.question()))
                .isFalse();
    }

    /** Whatever comes is answered with something readable or not at all; what both readers accept they read alike. */
    @Test
    void mutatedQueriesAreReadAsAnotherReaderReadsThem() {
        Random random = new Random(7);
        List<byte[]> seeds = List.of(
                Dns.query("stock.shop.svc.cluster.local", DnsCode.TYPE_A, 1232),
                Dns.query("a", DnsCode.TYPE_AAAA, 0),
                Dns.query("x".repeat(63) + "." + "y".repeat(63), 255, 4096));
        int accepted = 0;
        for (int i = 0; i < ROUND; i++) {
            accepted += isReadAsAnotherReaderReadsIt(mutated(seeds.get(i % seeds.size()), random)) ? 1 : 0;
        }
        assertThat(accepted).isGreaterThan(ROUND / 20);
    }

    /** Returns whether it is a query at all. */
    static boolean isReadAsAnotherReaderReadsIt(byte[] message) {
        switch (DnsReader.query(message)) {
            case Received.Noise() -> {
                return false;
            }
            case Received.Bad bad -> {
                assertThat(DnsWriter.failure(bad)).hasSizeGreaterThanOrEqualTo(12);
                return false;
            }
            case DnsQuery query -> {
                byte[] answer = DnsWriter.addresses(query, null, MANY, query.datagramLimit());
                assertThat(answer.length).isLessThanOrEqualTo(query.datagramLimit());
                assertThat(DnsReader.isAnswer(answer, query.id(), query.question()))
                        .isTrue();
                String other = nettysName(message);
                if (query.name() != null && other != null) {
                    assertThat(query.name() + ".").isEqualTo(other.toLowerCase(Locale.ROOT));
                }
                return true;
            }
        }
    }

    private static byte[] mutated(byte[] seed, Random random) {
        byte[] message = random.nextInt(8) == 0 ? Arrays.copyOf(seed, random.nextInt(seed.length + 8)) : seed.clone();
        for (int i = random.nextInt(3); i >= 0 && message.length > 0; i--) {
            message[random.nextInt(message.length)] = (byte) random.nextInt(256);
        }
        return message;
    }

    private static @Nullable String nettysName(byte[] message) {
        EmbeddedChannel codec = new EmbeddedChannel(new TcpDnsQueryDecoder());
        try {
            ByteBuf framed = Unpooled.wrappedBuffer(Dns.framed(message));
            codec.writeInbound(framed);
            io.netty.handler.codec.dns.DnsQuery query = codec.readInbound();
            try {
                return query == null
                        ? null
                        : query.<DnsQuestion>recordAt(DnsSection.QUESTION).name();
            } finally {
                ReferenceCountUtil.release(query);
            }
        } catch (RuntimeException _) {
            return null;
        } finally {
            codec.finishAndReleaseAll();
        }
    }

    private static DnsQuery read(byte[] message) {
        return (DnsQuery) DnsReader.query(message);
    }

    private static int code(byte[] message) {
        return ((Received.Bad) DnsReader.query(message)).code();
    }

    private static byte[] with(byte[] message, int at, int value) {
        byte[] copy = message.clone();
        copy[at] = (byte) value;
        return copy;
    }
}

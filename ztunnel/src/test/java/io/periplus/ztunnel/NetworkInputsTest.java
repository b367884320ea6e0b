package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.periplus.api.SpiffeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The properties hold for a round of mutations of what well-behaved peers send. */
final class NetworkInputsTest {
    private static final int ROUND = 20_000;
    private static final List<String> AUTHORITIES = List.of(
            "10.0.0.1:8080", "[fd00::1]:8080", "[::ffff:10.0.0.1]:80", "stock.shop.svc.cluster.local:80", "a:1");
    private static final List<String> BAGGAGE = List.of(
            "k8s.cluster.name=c,k8s.namespace.name=shop,k8s.deployment.name=cart,service.name=cart,service.version=v1",
            "k8s.pod.name=x\nk8s.job.name=y,cloud.region=r,cloud.availability_zone=z",
            "=,==,k8s.cluster.name=a=b,,other=1");
    private static final List<String> FORWARDED =
            List.of("for=\"10.0.0.1:1234\";host=stock.shop.svc", "for=\"[fd00::1]:1\";host=\"a\";proto=x", ";;host=");
    private static final String PARTS = ".:[]0159afz-_=,;\" %@/\\\0\u00ff";

    private final Random random = new Random(11);

    @Test
    void authorities() {
        round(AUTHORITIES, NetworkInputs::authoritiesAreReadAsAnotherReaderReadsThem);
    }

    @Test
    void baggage() {
        round(BAGGAGE, NetworkInputs::baggageIsReadAsItWasWritten);
    }

    @Test
    void forwarded() {
        round(FORWARDED, NetworkInputs::forwardedNeverFails);
    }

    @Test
    void proxyHeadersSayWhatTheyWereGiven() throws UnknownHostException {
        SpiffeId identity = new SpiffeId("cluster.local", "shop", "cart");
        byte[] spiffe = identity.toString().getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 500; i++) {
            InetSocketAddress client = address();
            InetSocketAddress addressed = address();
            ByteBuf header = ProxyHeader.of(UnpooledByteBufAllocator.DEFAULT, client, addressed, identity);
            header.skipBytes(13);
            int bytes = header.readByte() == 0x11 ? 4 : 16;
            assertThat(header.readUnsignedShort()).isEqualTo(header.readableBytes());
            // The JDK reads a mapped address as the IPv4 one that it stands for.
            assertThat(InetAddress.getByAddress(ByteBufUtil.getBytes(header.readSlice(bytes))))
                    .isEqualTo(client.getAddress());
            assertThat(InetAddress.getByAddress(ByteBufUtil.getBytes(header.readSlice(bytes))))
                    .isEqualTo(addressed.getAddress());
            assertThat(header.readUnsignedShort()).isEqualTo(client.getPort());
            assertThat(header.readUnsignedShort()).isEqualTo(addressed.getPort());
            assertThat(header.readUnsignedByte()).isEqualTo((short) 0xd0);
            assertThat(header.readUnsignedShort()).isEqualTo(spiffe.length);
            assertThat(ByteBufUtil.getBytes(header)).isEqualTo(spiffe);
            header.release();
        }
    }

    private InetSocketAddress address() throws UnknownHostException {
        byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(bytes);
        return new InetSocketAddress(InetAddress.getByAddress(bytes), random.nextInt(65_536));
    }

    private void round(List<String> seeds, Consumer<byte[]> property) {
        seeds.forEach(seed -> property.accept(seed.getBytes(StandardCharsets.ISO_8859_1)));
        for (int i = 0; i < ROUND; i++) {
            StringBuilder text = new StringBuilder(seeds.get(i % seeds.size()));
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                int at = random.nextInt(text.length() + 1);
                switch (random.nextInt(3)) {
                    case 0 -> text.insert(at, PARTS.charAt(random.nextInt(PARTS.length())));
                    case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(3)));
                    default -> text.insert(at, text.substring(random.nextInt(at + 1), at));
                }
            }
            property.accept(text.toString().getBytes(StandardCharsets.ISO_8859_1));
        }
    }
}

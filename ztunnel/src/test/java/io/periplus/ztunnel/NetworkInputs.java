package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.workload.Workload;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What must hold of the texts that peers send, whatever they are. */
final class NetworkInputs {
    private NetworkInputs() {}

    /** An authority is read as the JDK reads it, or not at all; what is written of it is read back. */
    static void authoritiesAreReadAsAnotherReaderReadsThem(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        switch (Authority.parse(text)) {
            case null -> {}
            case Authority.Ip ip -> {
                assertThat(ip.port()).isBetween(1, 65_535);
                String written = Authority.of(ip.address(), ip.port());
                assertThat(Authority.parse(written)).as(text).isEqualTo(ip);
                URI uri = uri(text);
                if (uri != null && uri.getHost() != null) {
                    assertThat(InetAddress.ofLiteral(uri.getHost().replaceAll("[\\[\\]]", "")))
                            .as(text)
                            .isEqualTo(ip.address().toInetAddress());
                    assertThat(uri.getPort()).as(text).isEqualTo(ip.port());
                }
            }
            case Authority.Host host -> {
                assertThat(host.port()).isBetween(1, 65_535);
                assertThat(host.name()).as(text).matches("[A-Za-z0-9._-]{1,253}");
                URI uri = uri(text);
                if (uri != null && uri.getHost() != null) {
                    assertThat(uri.getHost()).isEqualTo(host.name());
                    assertThat(uri.getPort()).isEqualTo(host.port());
                }
            }
        }
    }

    private static @Nullable URI uri(String authority) {
        try {
            return new URI("http://" + authority + "/");
        } catch (URISyntaxException _) {
            return null;
        }
    }

    /** Baggage never fails, and what was understood of it means the same when it is written and read again. */
    static void baggageIsReadAsItWasWritten(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Workload read = Baggage.parse(List.of(text.split("\n", -1)));

        assertThat(Baggage.parse(List.of(Baggage.of(read)))).isEqualTo(normal(read));
    }

    /** A type without a name is not written. */
    private static Workload normal(Workload read) {
        return read.getWorkloadName().isEmpty()
                ? read.toBuilder().clearWorkloadType().build()
                : read;
    }

    /** A {@code forwarded} header never fails. */
    static void forwardedNeverFails(byte[] bytes) {
        String host = Forwarded.host(new String(bytes, StandardCharsets.ISO_8859_1));

        assertThat(host == null || !host.contains("\"")).isTrue();
    }
}

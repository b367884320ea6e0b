package io.periplus.dataplane.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.controlplane.ControlPlaneAddress;
import io.periplus.dataplane.controlplane.ControlPlaneChannels;
import io.periplus.dataplane.testing.TestAuthority;
import io.periplus.dataplane.testing.TestControlPlane;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An authority whose certificate says {@code localhost}, reached by an address that it does not say. */
@Timeout(20)
final class AlternativeNameTest {
    private static final SpiffeId CART = new SpiffeId("cluster.local", "shop", "cart");

    /** On loopback, and not in the certificate. */
    private static final InetSocketAddress UNNAMED = new InetSocketAddress("127.0.0.2", 0);

    @TempDir
    Path files;

    @Test
    void anotherNameIsAcceptedIfItIsTheOneThatWasAllowed() throws Exception {
        TestAuthority authority = new TestAuthority();
        try (TestControlPlane controlPlane = new TestControlPlane(authority, UNNAMED)) {
            assertThat(ask(controlPlane, authority, "localhost").identity()).isEqualTo(CART);
            for (String name : new String[] {null, "elsewhere", "*.localhost"}) {
                assertThatThrownBy(() -> ask(controlPlane, authority, name)).isInstanceOf(IOException.class);
            }
            assertThatThrownBy(() -> ask(controlPlane, new TestAuthority(), "localhost"))
                    .as("the right name under another root")
                    .isInstanceOf(IOException.class);
        }
    }

    private WorkloadCertificate ask(TestControlPlane controlPlane, TestAuthority trusted, @Nullable String otherName)
            throws IOException {
        Path roots = Files.writeString(files.resolve("root-cert.pem"), TestAuthority.pem(trusted.root()));
        URI address = URI.create("https://%s:%d".formatted(UNNAMED.getHostString(), controlPlane.port()));
        try (ControlPlaneChannels channels = new ControlPlaneChannels(
                        new ControlPlaneAddress(address, roots, null, "cluster1", Map.of()).withOtherName(otherName));
                GrpcCertificateAuthority authority =
                        new GrpcCertificateAuthority(channels, Duration.ofHours(1), true)) {
            return authority.issue(CART);
        }
    }
}

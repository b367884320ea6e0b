package io.periplus.cli.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.periplus.cli.CliException;
import io.periplus.cli.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The authority that clusters share. */
class SharedRootTest {
    @TempDir
    private Path directory;

    @Test
    void twoClustersGetAuthoritiesOfTheirOwnUnderOneRoot() throws Exception {
        var first = SharedRoot.in(directory).secret("istio-system", "cluster1");
        var second = SharedRoot.in(directory).secret("istio-system", "cluster2");

        String root = Json.text(first, "/stringData/root-cert.pem", "");
        assertThat(Json.text(second, "/stringData/root-cert.pem", "")).isEqualTo(root);
        var one = CertificateAuthority.parse(
                Json.text(first, "/stringData/ca-cert.pem", ""), Json.text(first, "/stringData/ca-key.pem", ""));
        var two = CertificateAuthority.parse(
                Json.text(second, "/stringData/ca-cert.pem", ""), Json.text(second, "/stringData/ca-key.pem", ""));
        assertThat(one.certificate()).isNotEqualTo(two.certificate());
        var rootKey = CertificateAuthority.parse(root, Files.readString(directory.resolve("root-key.pem")))
                .certificate()
                .getPublicKey();
        one.certificate().verify(rootKey);
        two.certificate().verify(rootKey);
        assertThat(one.certificate().getBasicConstraints()).isZero();
        assertThat(one.certificate().getKeyUsage()[5])
                .as("may sign certificates")
                .isTrue();
    }

    @Test
    void theKeyOfTheRootIsReadableByItsOwnerOnly() throws IOException {
        SharedRoot.in(directory);

        assertThat(Files.getPosixFilePermissions(directory.resolve("root-key.pem")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void halfARootIsRefused() throws IOException {
        Files.writeString(directory.resolve("root-cert.pem"), "");

        assertThatThrownBy(() -> SharedRoot.in(directory))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("both root-cert.pem and root-key.pem, or neither");
    }
}

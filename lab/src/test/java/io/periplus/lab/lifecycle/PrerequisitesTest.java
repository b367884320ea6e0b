package io.periplus.lab.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrerequisitesTest {
    @Test
    void somebody_else_than_root_is_told_to_use_sudo(@TempDir Path directory) throws IOException {
        Path status = Files.writeString(directory.resolve("status"), "Name:\tjava\nUid:\t1000\t1000\t1000\t1000\n");
        assertThatExceptionOfType(LabException.class)
                .isThrownBy(() -> Prerequisites.checkRoot("periplus lab up", status))
                .withMessageContaining("sudo periplus lab up")
                .satisfies(e -> assertThat(e.exitCode().code()).isEqualTo(4));
    }

    @Test
    void missing_programs_are_named_with_the_packages_that_have_them(@TempDir Path directory) throws IOException {
        for (String program : List.of("ip", "nsenter", "unshare", "setsid", "mount")) {
            Path file = Files.createFile(directory.resolve(program));
            assertThat(file.toFile().setExecutable(true)).isTrue();
        }
        assertThatExceptionOfType(LabException.class)
                .isThrownBy(() -> Prerequisites.checkPrograms(directory.toString()))
                .withMessageContaining("nft, kubectl")
                .withMessageContaining("apt-get install kubernetes-client nftables")
                .satisfies(e -> assertThat(e.exitCode().code()).isEqualTo(5));
    }

    @Test
    void a_port_in_use_is_named_with_the_flag_that_changes_it() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            var cluster = new ClusterSettings("cluster1", 1, taken.getLocalPort(), "cluster1", 1);
            assertThatExceptionOfType(LabException.class)
                    .isThrownBy(() -> Prerequisites.checkPorts(List.of(cluster)))
                    .withMessageContaining("port " + taken.getLocalPort())
                    .withMessageContaining("--api-ports=")
                    .withMessageContaining("PERIPLUS_LAB_API_PORTS")
                    .satisfies(e -> assertThat(e.exitCode().code()).isEqualTo(6));
        }
    }
}

package io.periplus.lab.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.lab.node.container.Cgroup;
import io.periplus.lab.node.volume.FileTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed lab leaves. Needs root. */
class NodeCleanupTest {
    @TempDir
    Path directory;

    @Test
    void whatAKilledLabLeftIsRemovedFromNamesAlone() throws IOException, InterruptedException {
        Process lab = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledLab.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String cluster;
        try (BufferedReader output = lab.inputReader()) {
            cluster = output.readLine();
        } finally {
            lab.destroyForcibly().waitFor();
        }
        assertThat(NodeCleanup.isNeeded(cluster)).isTrue();
        assertThat(Cgroup.ofCluster(cluster).isPopulated()).isTrue();

        NodeCleanup.clean(cluster);

        assertThat(NodeCleanup.isNeeded(cluster)).isFalse();
        FileTree.delete(directory.resolve("nodes"));
    }
}

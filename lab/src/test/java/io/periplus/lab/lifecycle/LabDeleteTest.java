package io.periplus.lab.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root. */
class LabDeleteTest {
    @Test
    void deletingALabLeavesWhatIsNotTheLabs(@TempDir Path directory) throws IOException, LabException {
        Files.createDirectories(directory.resolve("clusters/cluster1"));
        Files.writeString(directory.resolve("clusters/cluster1/state.db"), "x");
        Files.writeString(directory.resolve("kubeconfig"), "x");
        Path own = Files.createDirectories(directory.resolve("etc")).resolve("passwd");
        Files.writeString(own, "not the lab's");

        new LabService(new LabOptions(directory, List.of(), null, Duration.ofSeconds(1), List.of())).delete();

        assertThat(own).exists();
        assertThat(directory.resolve("clusters")).doesNotExist();
        assertThat(directory.resolve("kubeconfig")).doesNotExist();
    }

    @Test
    void aDirectoryWithNothingElseGoesToo(@TempDir Path parent) throws IOException, LabException {
        Path directory = Files.createDirectories(parent.resolve("lab"));
        Files.writeString(directory.resolve("lab.json"), "{}");

        new LabService(new LabOptions(directory, List.of(), null, Duration.ofSeconds(1), List.of())).delete();

        assertThat(directory).doesNotExist();
    }
}

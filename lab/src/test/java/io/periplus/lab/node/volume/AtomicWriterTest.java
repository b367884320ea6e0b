package io.periplus.lab.node.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicWriterTest {
    @TempDir
    Path directory;

    @Test
    void filesAreReplacedTogetherThroughOneLink() throws IOException {
        AtomicWriter writer = new AtomicWriter(directory, -1);
        writer.write(Map.of("a", file("1"), "deep/er/b", file("2")));
        Path first = Files.readSymbolicLink(directory.resolve("..data"));
        assertThat(directory.resolve("deep/er/b")).hasContent("2");

        writer.write(Map.of("a", file("1"), "deep/er/b", file("2")));
        assertThat(Files.readSymbolicLink(directory.resolve("..data"))).isEqualTo(first);

        writer.write(Map.of("a", file("3")));
        assertThat(directory.resolve("a")).hasContent("3").isSymbolicLink();
        assertThat(directory.resolve("deep")).doesNotExist();
        assertThat(directory.resolve(first)).doesNotExist();
    }

    @Test
    void noFileLeavesTheVolume() {
        assertThatThrownBy(() -> new AtomicWriter(directory, -1).write(Map.of("../x", file("1"))))
                .hasMessageContaining("../x");
    }

    @Test
    void whatFailedOnceDoesNotStandInTheWay() throws IOException {
        AtomicWriter writer = new AtomicWriter(directory, -1);
        writer.write(Map.of("a", file("1")));
        Path first = Files.readSymbolicLink(directory.resolve("..data"));
        // As a full disk or a kill leaves it.
        Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("nowhere"));

        assertThatThrownBy(() -> writer.write(Map.of("a", file("2"), "../x", file("2"))))
                .hasMessageContaining("../x");
        assertThat(directory.resolve("a")).hasContent("1");
        assertThat(generations()).containsExactly(first.toString());

        writer.write(Map.of("a", file("3")));
        assertThat(directory.resolve("a")).hasContent("3");
        assertThat(generations()).hasSize(1).doesNotContain(first.toString());
    }

    private List<String> generations() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("..generation_"))
                    .toList();
        }
    }

    private static FilePayload file(String text) {
        return new FilePayload(text.getBytes(StandardCharsets.UTF_8), 0644);
    }
}

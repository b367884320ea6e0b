package io.periplus.lab.node.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageCatalogueTest {
    @TempDir
    Path directory;

    @Test
    void namesAreReadAsTheContainerWorldReadsThem() throws IOException {
        ImageCatalogue images = new ImageCatalogue(directory.resolve("absent"));
        assertThat(images.find("curlimages/curl:8.5.0")).isNotNull();
        assertThat(images.find("docker.io/library/busybox")).isNotNull();
        assertThat(images.find("busybox:1.36@sha256:0000")).isNotNull();
        assertThat(images.find("ghcr.io/curlimages/curl:8.5.0")).isNull();
        assertThat(images.find("localhost:5000/busybox")).isNull();
    }

    @Test
    void definitionsThatWereAddedComeFirst() throws IOException {
        Files.writeString(directory.resolve("mine.json"), """
                {"names": ["periplus/periplus:1"], "entrypoint": ["/opt/run"], "env": {"A": "b"}, "user": "7:8", "workingDir": "/w"}""");
        ImageCatalogue images = new ImageCatalogue(directory);
        assertThat(images.find("docker.io/periplus/periplus:1"))
                .extracting(ImageDefinition::user, ImageDefinition::workingDirectory)
                .containsExactly("7:8", "/w");
        assertThat(images.find("periplus/periplus:2")).isNull();
    }

    @Test
    void anUnreadableDefinitionIsNamed() throws IOException {
        Files.writeString(directory.resolve("broken.json"), "{");
        assertThatThrownBy(() -> new ImageCatalogue(directory).find("busybox")).hasMessageContaining("broken.json");
    }
}

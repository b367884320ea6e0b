package io.periplus.lab.node.image;

import io.periplus.lab.store.Json;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The images that pods can use: the definitions in {@code <state directory>/images/*.json}, then the built-in stand-ins.
 * Definitions are read when a container starts, so one that was added is found by the next attempt.
 */
public final class ImageCatalogue {
    private final Path directory;
    private final List<ImageDefinition> builtIn;

    /** @param directory may be absent; then there are only the built-in images */
    public ImageCatalogue(Path directory) {
        this.directory = directory;
        this.builtIn = BuiltInImages.all();
    }

    /** @return null if nobody knows {@code image} */
    public @Nullable ImageDefinition find(String image) throws IOException {
        ImageReference wanted = ImageReference.parse(image);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.json")) {
            for (Path file : files) {
                ImageDefinition definition = read(file);
                if (matches(definition, wanted)) {
                    return definition;
                }
            }
        } catch (NoSuchFileException e) {
            // No definitions were added.
        }
        return builtIn.stream()
                .filter(image1 -> matches(image1, wanted))
                .findFirst()
                .orElse(null);
    }

    private static boolean matches(ImageDefinition definition, ImageReference wanted) {
        return definition.names().stream()
                .anyMatch(name -> ImageReference.parse(name).covers(wanted));
    }

    private static ImageDefinition read(Path file) throws IOException {
        try {
            return Json.MAPPER.readValue(file.toFile(), ImageDefinition.class);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IOException("image definition " + file + " cannot be read: " + e.getOriginalMessage(), e);
        }
    }
}

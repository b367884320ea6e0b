package io.periplus.lab;

import io.periplus.lab.node.image.ImageDefinition;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * An image without layers: programs of this machine under the name of an image.
 *
 * @param name reference with tag; {@code *} as the tag stands for every tag
 * @param entrypoint and {@code cmd}: as in an OCI image's configuration
 * @param user {@code uid[:gid]}, empty for root
 * @param workingDirectory empty for {@code /}
 * @param paths files and directories of this machine that its programs need and that a container would not see otherwise
 */
public record LocalImage(
        String name,
        List<String> entrypoint,
        List<String> cmd,
        Map<String, String> env,
        String user,
        String workingDirectory,
        List<Path> paths) {
    public LocalImage {
        entrypoint = List.copyOf(entrypoint);
        cmd = List.copyOf(cmd);
        env = Map.copyOf(env);
        paths = List.copyOf(paths);
    }

    ImageDefinition definition() {
        return new ImageDefinition(
                List.of(name),
                entrypoint,
                cmd,
                env,
                user,
                workingDirectory,
                paths.stream().map(Path::toString).toList());
    }
}

package io.periplus.lab.node.volume;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Where hostPath volumes lie: in a directory tree that the node has for itself, as this machine's own files are none of a pod's
 * business. Only {@code /proc} and {@code /sys} are the machine's, since the kernel is.
 */
final class HostPath {
    private static final Set<String> KERNEL = Set.of("/proc", "/sys");

    private HostPath() {}

    static Path resolve(Path hostRoot, JsonNode volume) throws VolumeException, IOException {
        String text = volume.path("path").asText();
        String type = volume.path("type").asText("");
        Path path = Path.of(text).normalize();
        if (!path.isAbsolute()) {
            throw new VolumeException("hostPath " + text + " is not absolute");
        }
        if (KERNEL.stream().anyMatch(path::startsWith)) {
            return path;
        }
        if (path.startsWith("/var/run")) {
            path = Path.of("/run").resolve(Path.of("/var/run").relativize(path));
        }
        Path source = hostRoot.resolve(Path.of("/").relativize(path));
        switch (type) {
            case "", "Directory", "DirectoryOrCreate" -> {
                if (!Files.exists(source)) {
                    Files.createDirectories(source);
                }
            }
            case "FileOrCreate" -> {
                Files.createDirectories(source.getParent());
                if (!Files.exists(source)) {
                    Files.createFile(source);
                }
            }
            case "File", "Socket" -> {
                if (!Files.exists(source)) {
                    throw new VolumeException(
                            "hostPath " + text + " does not exist on this node (it would be " + source + ")");
                }
            }
            default -> throw new VolumeException("hostPath type " + type + " is not available on lab nodes");
        }
        return source.toRealPath();
    }
}

package io.periplus.cli.analyze.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.LocatedYaml;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads manifests: files, directories with all below them, or a stream. What cannot be read is told, not thrown. */
public final class ManifestReader {
    /** Larger manifests are generated, and not for people to mend. */
    private static final int FILE_MAX_BYTES = 64 << 20;

    private final String namespace;
    private final boolean ignoreUnknown;
    private final List<KubeObject> objects = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    /**
     * @param namespace of objects that name none
     * @param ignoreUnknown pass over what is no manifest
     */
    public ManifestReader(String namespace, boolean ignoreUnknown) {
        this.namespace = namespace;
        this.ignoreUnknown = ignoreUnknown;
    }

    /** What was read, in the order of the files. */
    public List<KubeObject> objects() {
        return objects;
    }

    /** What could not be read, one sentence each. */
    public List<String> problems() {
        return problems;
    }

    /** Reads a file, a directory, or for {@code -} the stream. */
    public void read(String place, InputStream stdin) throws IOException {
        if (place.equals("-")) {
            document("stdin", new String(stdin.readNBytes(FILE_MAX_BYTES), StandardCharsets.UTF_8));
            return;
        }
        Path path = Path.of(place);
        if (Files.isDirectory(path)) {
            directory(path);
        } else {
            file(path);
        }
    }

    private void directory(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = file.toString();
                if (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json")) {
                    file(file);
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void file(Path file) {
        try {
            if (Files.size(file) > FILE_MAX_BYTES) {
                problems.add(file + ": larger than " + (FILE_MAX_BYTES >> 20) + " MiB");
                return;
            }
            document(file.toString(), Files.readString(file));
        } catch (IOException e) {
            problems.add(file + ": cannot be read: "
                    + (e instanceof java.nio.file.NoSuchFileException ? "no such file" : e.getMessage()));
        }
    }

    private void document(String file, String text) {
        try {
            for (LocatedYaml.Document document : LocatedYaml.documents(file, text)) {
                add(file, document.content(), document.lines());
            }
        } catch (YamlEngineException e) {
            if (!ignoreUnknown) {
                problems.add(file + ": "
                        + String.valueOf(e.getMessage())
                                .replaceAll("\\s*\n\\s*", " ")
                                .strip());
            }
        }
    }

    private void add(String file, JsonNode body, Map<String, Integer> lines) {
        String kind = Json.text(body, "/kind", "");
        if (kind.endsWith("List") && body.path("items").isArray()) {
            for (int i = 0; i < body.path("items").size(); i++) {
                add(file, body.path("items").get(i), below(lines, "/items/" + i));
            }
            return;
        }
        if (kind.isEmpty() || !body.has("apiVersion")) {
            if (!ignoreUnknown) {
                problems.add(new Origin(file, lines).reference("") + ": no Kubernetes object (apiVersion and kind)");
            }
            return;
        }
        ObjectKind known = ObjectKind.ofManifest(Json.text(body, "/apiVersion", ""), kind);
        if (known != null) {
            objects.add(KubeObject.of(known, body, namespace, new Origin(file, lines)));
        }
    }

    private static Map<String, Integer> below(Map<String, Integer> lines, String prefix) {
        Map<String, Integer> below = new HashMap<>();
        lines.forEach((pointer, line) -> {
            if (pointer.equals(prefix) || pointer.startsWith(prefix + "/")) {
                below.put(pointer.substring(prefix.length()), line);
            }
        });
        return below;
    }
}

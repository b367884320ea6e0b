package io.periplus.nodeagent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A CNI network configuration of the node: a list of plugins ({@code .conflist}), or a single one ({@code .conf}).
 *
 * @param json the file's content
 */
record NetworkConfiguration(Path file, ObjectNode json) {
    /** The plugin's name: that of its file, and the {@code type} of its entries. */
    static final String PLUGIN = "istio-cni";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> SUFFIXES = List.of(".conflist", ".conf", ".json");
    private static final String PLUGINS = "plugins";

    /** The configurations of a directory, in the order in which runtimes look; what is unreadable is left out, as they do. */
    static List<NetworkConfiguration> all(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> list = Files.list(directory)) {
            files = list.filter(file -> SUFFIXES.stream().anyMatch(file.toString()::endsWith))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
        return files.stream()
                .map(NetworkConfiguration::read)
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    private static @Nullable NetworkConfiguration read(Path file) {
        try {
            JsonNode json = JSON.readTree(Files.readString(file));
            return json instanceof ObjectNode object && (object.has(PLUGINS) || object.has("type"))
                    ? new NetworkConfiguration(file, object)
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    private boolean isList() {
        return json.has(PLUGINS);
    }

    /** Whether the plugin is somewhere in it. */
    boolean mentions() {
        for (JsonNode plugin : json.path(PLUGINS)) {
            if (isOurs(plugin)) {
                return true;
            }
        }
        return isOurs(json);
    }

    /** This configuration as a list, with {@code entry} as the last plugin and nowhere else. */
    NetworkConfiguration with(ObjectNode entry) {
        ObjectNode list = without().json.deepCopy();
        list.withArray(PLUGINS).add(entry);
        return new NetworkConfiguration(asList(file), list);
    }

    /** This configuration as a list without the plugin. */
    NetworkConfiguration without() {
        if (!isList()) {
            ObjectNode list = JSON.createObjectNode();
            list.put("cniVersion", json.path("cniVersion").asText("1.0.0"));
            list.put("name", json.path("name").asText());
            list.putArray(PLUGINS).add(json);
            return new NetworkConfiguration(asList(file), list);
        }
        ObjectNode list = json.deepCopy();
        ArrayNode others = list.putArray(PLUGINS);
        json.path(PLUGINS).forEach(plugin -> {
            if (!isOurs(plugin)) {
                others.add(plugin);
            }
        });
        return new NetworkConfiguration(file, list);
    }

    private static boolean isOurs(JsonNode plugin) {
        return plugin.path("type").asText().equals(PLUGIN);
    }

    /** Runtimes read a list from a {@code .conflist} only. */
    private static Path asList(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".conflist")
                ? file
                : file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ".conflist");
    }

    byte[] bytes() {
        return (json.toPrettyString() + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}

package io.periplus.lab.node.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A network configuration list, read from a {@code .conflist} file.
 *
 * @param name of the network
 * @param version of the specification that plugins are to speak
 * @param plugins in the order of the list
 */
record CniConfiguration(String name, String version, List<ObjectNode> plugins) {
    /** The type of the node's own network set-up, which is no program. */
    static final String OWN_TYPE = "lab";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SUFFIX = ".conflist";

    private static final String OWN = """
            {
              "cniVersion": "1.0.0",
              "name": "lab",
              "plugins": [
                {"type": "%s"}
              ]
            }
            """.formatted(OWN_TYPE);

    /** Writes the lab's own list into a directory that has none yet; one that somebody has added to stays as it is. */
    static void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        if (lists(directory).isEmpty()) {
            Path unfinished = directory.resolve(".10-lab.new");
            Files.writeString(unfinished, OWN);
            Files.move(unfinished, directory.resolve("10-lab" + SUFFIX));
        }
    }

    /**
     * The list that counts: the first by name.
     *
     * @throws CniException if there is none, or it cannot be read
     */
    static CniConfiguration first(Path directory) throws IOException {
        List<Path> lists = lists(directory);
        if (lists.isEmpty()) {
            throw new CniException("no network configuration (*" + SUFFIX + ") in the node's /etc/cni/net.d, which is "
                    + directory + " on this machine");
        }
        return read(lists.getFirst());
    }

    private static List<Path> lists(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    private static CniConfiguration read(Path file) throws IOException {
        JsonNode list;
        try {
            list = JSON.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new CniException("network configuration " + file + ": " + e.getMessage());
        }
        List<ObjectNode> plugins = new ArrayList<>();
        for (JsonNode plugin : list.path("plugins")) {
            if (!plugin.isObject()
                    || !plugin.path("type").asText().matches("[A-Za-z0-9_.-]+")
                    || plugin.path("type").asText().startsWith(".")) {
                throw new CniException("network configuration " + file + ": a plugin without a \"type\": " + plugin);
            }
            plugins.add((ObjectNode) plugin);
        }
        return new CniConfiguration(
                list.path("name").asText(), list.path("cniVersion").asText("1.0.0"), List.copyOf(plugins));
    }

    /** The plugins behind the node's own. */
    List<ObjectNode> chained() {
        return plugins.stream()
                .filter(plugin -> !plugin.path("type").asText().equals(OWN_TYPE))
                .toList();
    }

    /** What is given to a plugin: its part of the list, with what holds for the whole of it and the result so far. */
    String input(ObjectNode plugin, JsonNode previousResult) {
        ObjectNode input = plugin.deepCopy();
        input.put("cniVersion", version).put("name", name);
        input.set("prevResult", previousResult);
        return input.toString();
    }
}

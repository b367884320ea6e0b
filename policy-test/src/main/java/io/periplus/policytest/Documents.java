package io.periplus.policytest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The documents of YAML files. */
final class Documents {
    static final JsonMapper JSON = new JsonMapper();

    /** @param where names it in messages */
    record Document(String where, ObjectNode content) {
        String text(String pointer) {
            return content.at(pointer).asText("");
        }

        String kind() {
            return text("/kind");
        }

        UnreadableException wrong(String what) {
            return new UnreadableException(where + ": " + what);
        }
    }

    private Documents() {}

    /** @param file {@code -} for standard input, a directory for every {@code .yaml} and {@code .yml} in it */
    static List<Document> of(String file) {
        try {
            if (file.equals("-")) {
                return parse("stdin", new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
            }
            Path path = Path.of(file);
            if (!Files.isDirectory(path)) {
                return parse(file, Files.readString(path));
            }
            List<Document> all = new ArrayList<>();
            try (var files = Files.list(path)) {
                for (Path each : files.sorted().toList()) {
                    String name = each.toString();
                    if (name.endsWith(".yaml") || name.endsWith(".yml")) {
                        all.addAll(parse(name, Files.readString(each)));
                    }
                }
            }
            return all;
        } catch (IOException e) {
            throw new UnreadableException(file + ": cannot be read: " + e.getMessage());
        }
    }

    static List<Document> parse(String name, String text) {
        List<Document> documents = new ArrayList<>();
        try {
            int number = 0;
            for (Object loaded : new Load(LoadSettings.builder().setLabel(name).build()).loadAllFromString(text)) {
                number++;
                JsonNode tree = JSON.valueToTree(loaded);
                if (tree.isNull()) {
                    continue;
                }
                if (!(tree instanceof ObjectNode object)) {
                    throw new UnreadableException(name + ", document " + number + ": expected an object");
                }
                add(documents, name + ", document " + number, object);
            }
        } catch (YamlEngineException e) {
            throw new UnreadableException(name + ": no YAML: " + e.getMessage());
        }
        return documents;
    }

    private static void add(List<Document> to, String where, ObjectNode object) {
        if (!object.path("kind").asText().equals("List")) {
            to.add(new Document(where, object));
            return;
        }
        for (JsonNode item : object.path("items")) {
            if (item instanceof ObjectNode each) {
                add(to, where, each);
            }
        }
    }
}

package io.periplus.cli.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** YAML documents together with the lines on which their fields stand. */
public final class LocatedYaml {
    /** Aliases may make a small text a large tree; fields beyond this depth have no line of their own. */
    private static final int DEPTH_MAX = 64;

    /**
     * A document.
     *
     * @param lines from JSON pointers to lines, from 1; the document's own start under the empty pointer
     */
    public record Document(JsonNode content, Map<String, Integer> lines) {}

    private LocatedYaml() {}

    /**
     * Every document of a stream, leaving out empty ones.
     *
     * @param label names the stream in errors
     * @throws org.snakeyaml.engine.v2.exceptions.YamlEngineException naming the line, if the text is no YAML
     */
    public static List<Document> documents(String label, String text) {
        LoadSettings settings =
                LoadSettings.builder().setLabel(label).setUseMarks(true).build();
        List<Document> documents = new ArrayList<>();
        for (Node node : new Compose(settings).composeAllFromString(text)) {
            Object value = new StandardConstructor(settings).constructSingleDocument(Optional.of(node));
            if (value != null) {
                Map<String, Integer> lines = new HashMap<>();
                lines.put("", line(node));
                walk(node, "", lines, 0);
                documents.add(new Document(Json.tree(value), lines));
            }
        }
        return documents;
    }

    private static void walk(Node node, String pointer, Map<String, Integer> lines, int depth) {
        if (depth > DEPTH_MAX) {
            return;
        }
        switch (node) {
            case MappingNode mapping -> {
                for (NodeTuple entry : mapping.getValue()) {
                    if (entry.getKeyNode() instanceof ScalarNode key) {
                        String field = pointer + "/" + escape(key.getValue());
                        lines.put(field, line(key));
                        walk(entry.getValueNode(), field, lines, depth + 1);
                    }
                }
            }
            case SequenceNode sequence -> {
                for (int i = 0; i < sequence.getValue().size(); i++) {
                    Node element = sequence.getValue().get(i);
                    lines.put(pointer + "/" + i, line(element));
                    walk(element, pointer + "/" + i, lines, depth + 1);
                }
            }
            default -> {}
        }
    }

    /** A field's name as one step of a JSON pointer (RFC 6901 §3). */
    public static String escape(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    /** The field's name that a step of a JSON pointer means. */
    public static String unescape(String step) {
        return step.replace("~1", "/").replace("~0", "~");
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }
}

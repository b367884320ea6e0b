package io.periplus.cli.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** YAML, read and written through JSON trees. */
public final class Yaml {
    /** A CRD repeats its schema per version by alias; a kubeconfig or manifest has few. */
    private static final int MAX_ALIASES = 200;

    private Yaml() {}

    /** Parses one document; an empty one is null. */
    public static @Nullable Object load(String text) {
        return new Load(settings()).loadFromString(text);
    }

    /** Parses every document of a stream, leaving out empty ones. */
    public static List<JsonNode> documents(String text) {
        List<JsonNode> documents = new ArrayList<>();
        for (Object document : new Load(settings()).loadAllFromString(text)) {
            if (document != null) {
                documents.add(Json.tree(document));
            }
        }
        return documents;
    }

    /** Block style, keys sorted, lists at their key's indentation: as kubectl writes. */
    public static String dump(JsonNode node) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setWidth(4096)
                .setSplitLines(false)
                .build();
        return new Dump(settings).dumpToString(Json.plain(node));
    }

    private static LoadSettings settings() {
        return LoadSettings.builder().setMaxAliasesForCollections(MAX_ALIASES).build();
    }
}

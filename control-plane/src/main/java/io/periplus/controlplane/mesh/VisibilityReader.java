package io.periplus.controlplane.mesh;

import io.periplus.model.input.LabelSelectorInput;
import io.periplus.model.mesh.EntryVisibility;
import io.periplus.model.mesh.EntryVisibility.Level;
import io.periplus.model.mesh.EntryVisibility.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of the mesh configuration that says who may see ServiceEntries. */
final class VisibilityReader {
    private static final String FIELD = "serviceEntryVisibility";
    private static final String SELECTOR = "namespaceSelector";

    private VisibilityReader() {}

    /** Null when nothing is said about it. */
    static @Nullable EntryVisibility read(Section root, List<String> findings) throws MeshConfigException {
        if (!root.has(FIELD)) {
            return null;
        }
        Section section = root.section(FIELD);
        Level otherwise = level(section, "defaultVisibility");
        List<Rule> rules = new ArrayList<>();
        for (Section policy : section.sections("policies")) {
            Level level = level(policy, "visibility");
            List<LabelSelectorInput> selectors = selectors(policy, findings);
            if (selectors != null) {
                rules.add(new Rule(level, selectors));
            }
            MeshConfigReader.ignored(policy, findings);
        }
        if (section.flag("applyToSidecars")) {
            findings.add(section.at("applyToSidecars") + ": has no effect: there are no sidecars here");
        }
        MeshConfigReader.ignored(section, findings);
        return new EntryVisibility(otherwise, List.copyOf(rules));
    }

    // A rule that is not understood never holds, and so neither does its policy: null.
    private static @Nullable List<LabelSelectorInput> selectors(Section policy, List<String> findings)
            throws MeshConfigException {
        List<LabelSelectorInput> selectors = new ArrayList<>();
        boolean understood = true;
        for (Section rule : policy.sections("matchingRules")) {
            if (rule.has(SELECTOR)) {
                selectors.add(Selectors.one(rule.section(SELECTOR), findings));
            } else {
                findings.add(policy.at("matchingRules") + ": a rule without " + SELECTOR + " never matches");
                understood = false;
            }
            MeshConfigReader.ignored(rule, findings);
        }
        return understood ? List.copyOf(selectors) : null;
    }

    private static Level level(Section section, String field) throws MeshConfigException {
        String text = section.text(field);
        return switch (text) {
            case null -> Level.PUBLIC;
            case "UNSPECIFIED", "VISIBILITY_UNSPECIFIED", "PUBLIC" -> Level.PUBLIC;
            case "NAMESPACE" -> Level.NAMESPACE;
            case "NONE" -> Level.NONE;
            default ->
                throw new MeshConfigException(
                        section.at(field) + ": " + text + " (expected: PUBLIC, NAMESPACE or NONE)");
        };
    }
}

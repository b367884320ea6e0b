package io.periplus.controlplane.mesh;

import io.periplus.model.input.LabelSelectorInput;
import io.periplus.model.input.LabelSelectorInput.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Label selectors in the mesh configuration. */
final class Selectors {
    private static final Set<String> OPERATORS = Set.of("In", "NotIn", "Exists", "DoesNotExist");

    private Selectors() {}

    static List<LabelSelectorInput> list(Section of, String field, List<String> findings) throws MeshConfigException {
        List<LabelSelectorInput> selectors = new ArrayList<>();
        for (Section section : of.sections(field)) {
            selectors.add(one(section, findings));
        }
        return List.copyOf(selectors);
    }

    static LabelSelectorInput one(Section selector, List<String> findings) throws MeshConfigException {
        List<Expression> expressions = new ArrayList<>();
        for (Section section : selector.sections("matchExpressions")) {
            String key = section.text("key");
            String operator = section.text("operator");
            if (key == null || operator == null || !OPERATORS.contains(operator)) {
                throw new MeshConfigException(section.at("operator") + ": " + operator
                        + " (expected: a key with In, NotIn, Exists or DoesNotExist)");
            }
            expressions.add(new Expression(key, operator, List.copyOf(section.texts("values"))));
            MeshConfigReader.ignored(section, findings);
        }
        LabelSelectorInput read =
                new LabelSelectorInput(Map.copyOf(selector.textMap("matchLabels")), List.copyOf(expressions));
        MeshConfigReader.ignored(selector, findings);
        return read;
    }
}

package io.periplus.cli.analyze.check;

import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.schema.Definitions;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.text.LocatedYaml;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Objects of one kind against their definition's schema, and against what no schema can say. */
public final class ValidationAnalyzer implements Analyzer {
    private final ObjectKind kind;

    /** For one kind. */
    public ValidationAnalyzer(ObjectKind kind) {
        this.kind = kind;
    }

    @Override
    public String name() {
        return "schema.ValidationAnalyzer." + kind.title();
    }

    @Override
    public String description() {
        return "Runs schema validation as an analyzer on '" + kind.title() + "' resources";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.of(kind, ObjectKind.DEFINITION);
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        Definitions definitions = new Definitions(snapshot);
        for (KubeObject object : snapshot.all(kind)) {
            Map<String, String> problems = new LinkedHashMap<>();
            if (object.name().isEmpty() && object.text("/metadata/generateName").isEmpty()) {
                problems.put("/metadata", "the object has no name");
            }
            definitions.validate(object, problems::putIfAbsent);
            Semantics.problems(object).forEach((at, text) -> {
                if (problems.keySet().stream().noneMatch(known -> known.equals(at))) {
                    problems.put(at, text);
                }
            });
            problems.forEach((at, text) -> findings.report(
                    Code.SCHEMA_VALIDATION_ERROR,
                    object,
                    at,
                    "Schema validation error: " + (at.isEmpty() ? "" : field(at) + ": ") + text));
        }
    }

    /** A JSON pointer in the form that people read: {@code spec.rules[0].from}. */
    private static String field(String pointer) {
        StringBuilder text = new StringBuilder();
        for (String step : pointer.substring(1).split("/")) {
            String name = LocatedYaml.unescape(step);
            if (name.chars().allMatch(Character::isDigit)) {
                text.append('[').append(name).append(']');
            } else {
                text.append(text.isEmpty() ? "" : ".").append(name);
            }
        }
        return text.toString();
    }
}

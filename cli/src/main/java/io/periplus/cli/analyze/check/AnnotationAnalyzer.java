package io.periplus.cli.analyze.check;

import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.text.LocatedYaml;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Annotations of the mesh that are misspelt, in the wrong place, or of no known value. */
public final class AnnotationAnalyzer implements Analyzer {
    private static final Set<ObjectKind> KINDS = EnumSet.of(
            ObjectKind.NAMESPACE,
            ObjectKind.SERVICE,
            ObjectKind.POD,
            ObjectKind.DEPLOYMENT,
            ObjectKind.GATEWAY,
            ObjectKind.GATEWAY_CLASS,
            ObjectKind.SERVICE_ENTRY,
            ObjectKind.WORKLOAD_ENTRY,
            ObjectKind.AUTHORIZATION_POLICY,
            ObjectKind.REQUEST_AUTHENTICATION);

    @Override
    public String name() {
        return "annotations.K8sAnalyzer";
    }

    @Override
    public String description() {
        return "Checks for misplaced, unknown and invalid Istio annotations";
    }

    @Override
    public Set<ObjectKind> reads() {
        return KINDS;
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        for (ObjectKind kind : KINDS) {
            snapshot.all(kind).forEach(object -> object(object, kind, "/metadata/annotations", findings));
        }
        // What is on the template is on its pods.
        snapshot.all(ObjectKind.DEPLOYMENT)
                .forEach(deployment ->
                        object(deployment, ObjectKind.POD, "/spec/template/metadata/annotations", findings));
    }

    private static void object(KubeObject object, ObjectKind bearer, String place, Findings findings) {
        object.at(place)
                .properties()
                .forEach(entry -> annotation(
                        object, bearer, place, entry.getKey(), entry.getValue().asText(), findings));
    }

    private static void annotation(
            KubeObject object, ObjectKind bearer, String place, String name, String value, Findings findings) {
        if (!KnownAnnotation.isOfTheMesh(name)) {
            return;
        }
        String at = place + "/" + LocatedYaml.escape(name);
        KnownAnnotation known = KnownAnnotation.of(name);
        if (known == null) {
            findings.report(Code.UNKNOWN_ANNOTATION, object, at, "Unknown annotation: " + name);
        } else if (!known.allowedOn(bearer)) {
            String kinds =
                    known.bearers().stream().map(ObjectKind::title).sorted().collect(Collectors.joining(", "));
            findings.report(
                    Code.MISPLACED_ANNOTATION,
                    object,
                    at,
                    "Misplaced annotation: " + name + " can only be applied to " + kinds);
        } else {
            String problem = known.problem(value);
            if (!problem.isEmpty()) {
                findings.report(Code.INVALID_ANNOTATION, object, at, "Invalid annotation " + name + ": " + problem);
            }
        }
    }
}

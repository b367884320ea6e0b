package io.periplus.cli.analyze.snapshot;

import io.periplus.api.Labels;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which pods their users want in the mesh. */
public final class Enrolment {
    private static final String AMBIENT = "ambient";

    private Enrolment() {}

    /** The label that enrols a pod, with where it stands; empty for a pod outside the mesh. */
    public static String wanted(KubeObject pod, Snapshot snapshot) {
        return wanted(pod.labels(), snapshot.find(ObjectKind.NAMESPACE, "", pod.namespace()));
    }

    /** Like {@link #wanted(KubeObject, Snapshot)}, from a pod's labels and its namespace. */
    public static String wanted(Map<String, String> labels, @Nullable KubeObject namespace) {
        String own = labels.getOrDefault(Labels.DATAPLANE_MODE, "");
        if (!own.isEmpty()) {
            return own.equals(AMBIENT) ? "label " + Labels.DATAPLANE_MODE + "=ambient of the pod" : "";
        }
        return namespace != null && namespace.label(Labels.DATAPLANE_MODE).equals(AMBIENT)
                ? "label " + Labels.DATAPLANE_MODE + "=ambient of namespace " + namespace.name()
                : "";
    }
}

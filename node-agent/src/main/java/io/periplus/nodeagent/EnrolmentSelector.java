package io.periplus.nodeagent;

import io.periplus.api.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Pods that belong to the mesh: those whose labels, and whose namespace's labels, fit. */
record EnrolmentSelector(LabelSelector pod, LabelSelector namespace) {
    private static final String VARIABLE = "AMBIENT_ENABLEMENT_SELECTOR";

    /** The pod's own label decides, otherwise its namespace's. */
    static final List<EnrolmentSelector> DEFAULT = List.of(
            new EnrolmentSelector(LabelSelector.of(Labels.DATAPLANE_MODE, "ambient"), LabelSelector.ALL),
            new EnrolmentSelector(
                    LabelSelector.not(Labels.DATAPLANE_MODE, "none"),
                    LabelSelector.of(Labels.DATAPLANE_MODE, "ambient")));

    /**
     * Reads a list of {@code {podSelector, namespaceSelector}}, any of which makes a pod one of the mesh; nothing means
     * {@link #DEFAULT}.
     *
     * @throws IllegalArgumentException saying what is expected
     */
    static List<EnrolmentSelector> parse(String yaml) {
        if (yaml.isBlank()) {
            return DEFAULT;
        }
        try {
            Object document = new Load(LoadSettings.builder().build()).loadFromString(yaml);
            if (!(document instanceof List<?> entries)) {
                throw new IllegalArgumentException(
                        "%s: %s (expected: a list of podSelector and namespaceSelector)".formatted(VARIABLE, yaml));
            }
            List<EnrolmentSelector> selectors = new ArrayList<>();
            for (Object entry : entries) {
                if (!(entry instanceof Map<?, ?> fields)
                        || !List.of("podSelector", "namespaceSelector").containsAll(fields.keySet())) {
                    throw new IllegalArgumentException(
                            "%s: %s (expected: podSelector and namespaceSelector)".formatted(VARIABLE, entry));
                }
                selectors.add(new EnrolmentSelector(
                        LabelSelector.read(VARIABLE, fields.get("podSelector")),
                        LabelSelector.read(VARIABLE, fields.get("namespaceSelector"))));
            }
            return List.copyOf(selectors);
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException("%s: no YAML: %s".formatted(VARIABLE, e.getMessage()), e);
        }
    }

    boolean fits(Map<String, String> podLabels, Map<String, String> namespaceLabels) {
        return pod.fits(podLabels) && namespace.fits(namespaceLabels);
    }
}

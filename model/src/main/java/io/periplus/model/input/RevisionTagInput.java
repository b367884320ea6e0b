package io.periplus.model.input;

import io.periplus.api.Labels;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A tag: another name for a revision of the control plane. */
public record RevisionTagInput(String tag, String revision) {
    /** The tag that an object with these labels stands for; null for none. */
    public static @Nullable RevisionTagInput of(Map<String, String> labels) {
        String tag = labels.get(Labels.REVISION_TAG);
        String revision = labels.get(Labels.REVISION);
        return tag == null || revision == null || tag.isEmpty() || revision.isEmpty()
                ? null
                : new RevisionTagInput(tag, revision);
    }
}

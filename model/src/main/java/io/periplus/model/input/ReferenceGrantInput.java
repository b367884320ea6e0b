package io.periplus.model.input;

import io.periplus.api.NamespacedName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A ReferenceGrant: lets the objects of {@code from} refer to those of {@code to} in the grant's namespace. */
public record ReferenceGrantInput(NamespacedName key, List<From> from, List<To> to) {
    /** Who may refer. */
    public record From(String group, String kind, String namespace) {}

    /** To what; null for every name. */
    public record To(String group, String kind, @Nullable String name) {}

    /** Whether this grant alone permits the reference. */
    public boolean permits(From referrer, String group, String kind, String name) {
        return from.contains(referrer)
                && to.stream()
                        .anyMatch(target -> target.group().equals(group)
                                && target.kind().equals(kind)
                                && (target.name() == null || target.name().equals(name)));
    }
}

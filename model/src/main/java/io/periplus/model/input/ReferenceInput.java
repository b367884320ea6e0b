package io.periplus.model.input;

import io.periplus.api.NamespacedName;

/**
 * A reference from one object to another.
 *
 * @param group     empty for core
 * @param namespace of the object that is referred to; the referrer's own where the reference names none
 */
public record ReferenceInput(String group, String kind, String namespace, String name) {
    /** The name of the object that is referred to. */
    public NamespacedName key() {
        return new NamespacedName(namespace, name);
    }

    /** Whether the reference is to this kind of this group. */
    public boolean isTo(String wantedGroup, String wantedKind) {
        return group.equals(wantedGroup) && kind.equals(wantedKind);
    }
}

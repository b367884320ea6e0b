package io.periplus.lab.store.types;

import io.periplus.lab.store.ResourceType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A type of object: its names and its versions. What {@code APIResource} and the {@code names} of a
 * CustomResourceDefinition tell.
 *
 * @param storage the type in the version objects are stored in
 * @param versions served ones, the preferred one first
 * @param generation whether {@code metadata.generation} counts changes of the desired state
 * @param custom whether a CustomResourceDefinition made it
 */
public record Definition(
        ResourceType storage,
        String listKind,
        String singular,
        List<String> shortNames,
        List<String> categories,
        List<Version> versions,
        boolean generation,
        boolean custom) {
    public Definition {
        shortNames = List.copyOf(shortNames);
        categories = List.copyOf(categories);
        versions = List.copyOf(versions);
    }

    public String group() {
        return storage.group();
    }

    public String kind() {
        return storage.kind();
    }

    public String plural() {
        return storage.plural();
    }

    public boolean namespaced() {
        return storage.namespaced();
    }

    public @Nullable Version version(String name) {
        for (Version version : versions) {
            if (version.name().equals(name)) {
                return version;
            }
        }
        return null;
    }

    /** This type as seen in another version. */
    public ResourceType in(String version) {
        return version.equals(storage.version())
                ? storage
                : new ResourceType(group(), version, kind(), plural(), namespaced());
    }

    /** The version of the stored objects; the preferred one if that is not served. */
    public Version stored() {
        Version version = version(storage.version());
        return version == null ? versions.getFirst() : version;
    }
}

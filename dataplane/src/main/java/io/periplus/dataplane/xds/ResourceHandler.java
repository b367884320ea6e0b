package io.periplus.dataplane.xds;

import io.periplus.wire.xds.Resource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Takes the resources of one type. Called on the client's one thread, in the order of the handlers. */
public interface ResourceHandler {
    /** The full type URL, {@code type.googleapis.com/…}. */
    String typeUrl();

    /**
     * Applies one push: everything usable is applied, also when some of it is not.
     *
     * @param removed names that are gone
     * @return why resources were rejected, by name; they are reported to the control plane and not counted as held
     */
    Map<String, String> apply(List<Resource> changed, List<String> removed);

    /**
     * Those of the rejected names of which this proxy has nothing at all, and without which it must not begin to serve. A proxy
     * that serves already goes on with what it knows.
     */
    default Set<String> indispensable(Set<String> rejected) {
        return Set.of();
    }

    /** Whether only what is asked for is followed, instead of everything of the type. */
    default boolean isOnDemand() {
        return false;
    }

    /** Names or aliases that were asked for, and for which everything they stand for has been applied, if anything. */
    default void answered(Collection<String> names) {}

    /** Names that were answered and are followed no more. */
    default void forgotten(Collection<String> names) {}
}

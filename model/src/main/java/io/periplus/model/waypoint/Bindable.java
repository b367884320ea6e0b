package io.periplus.model.waypoint;

import io.periplus.api.NamespacedName;
import java.util.Map;

/** Something that stands for a service and can be bound to a waypoint. */
public interface Bindable {
    NamespacedName key();

    Map<String, String> labels();

    Map<String, String> annotations();

    /** As policies name it. */
    Target target();

    /** Whether there may be endpoints of it with all these labels; where it does not say which it has, there may. */
    default boolean mayHave(Map<String, String> labels) {
        return true;
    }
}

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
}

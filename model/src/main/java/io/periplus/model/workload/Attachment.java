package io.periplus.model.workload;

import io.periplus.api.NamespacedName;
import io.periplus.model.waypoint.Binding;
import java.util.List;

/**
 * What a pod backs, and behind which waypoints it stands.
 *
 * @param services  names of the Services it backs, sorted
 * @param entries   resource names of the services of ServiceEntries it backs, sorted
 * @param binding   the pod's own waypoint
 * @param waypoints the waypoints whose hop to the pod is to be expected: its own and its Services', sorted
 */
public record Attachment(
        NamespacedName pod,
        List<NamespacedName> services,
        List<String> entries,
        Binding binding,
        List<NamespacedName> waypoints) {}

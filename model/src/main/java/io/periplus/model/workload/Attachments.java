package io.periplus.model.workload;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.PodInput;
import io.periplus.model.input.SliceInput;
import io.periplus.model.waypoint.Binding;
import io.periplus.model.waypoint.Bindings;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which Services a pod backs: by selector, or by an EndpointSlice of a Service without one. */
public record Attachments(
        Bindings bindings,
        Collection<NamespacedName, ServiceInfo> services,
        SelectingServices<NamespacedName> selecting,
        SelectingServices<String> selectingEntries,
        Index<NamespacedName, NamespacedName, SliceInput> slicesByPod) {

    /** The attachment of a pod; null for a pod that is no workload. */
    public @Nullable Attachment of(Fetch fetch, PodInput pod) {
        if (pod.finished() || pod.addresses().isEmpty()) {
            return null;
        }
        TreeSet<NamespacedName> backed = new TreeSet<>();
        TreeSet<NamespacedName> waypoints = new TreeSet<>();
        for (var service : selecting.of(fetch, pod.key().namespace(), pod.labels())) {
            backed.add(service.service());
            waypoints.addAll(service.waypoints());
        }
        for (SliceInput slice : fetch.by(slicesByPod, pod.key())) {
            ServiceInfo service =
                    fetch.get(services, new NamespacedName(slice.key().namespace(), slice.service()));
            boolean targeted = slice.endpoints().stream()
                    .anyMatch(e -> pod.key().equals(e.pod()) && e.podUid().equals(pod.uid()));
            if (service != null && service.selector().isEmpty() && targeted) {
                backed.add(service.key());
                waypoints.addAll(service.binding().allExpected());
            }
        }
        TreeSet<String> entries = new TreeSet<>();
        for (var service : selectingEntries.of(fetch, pod.key().namespace(), pod.labels())) {
            entries.add(service.service());
            waypoints.addAll(service.waypoints());
        }
        Binding own = bindings.of(fetch, pod);
        waypoints.addAll(own.allExpected());
        return new Attachment(pod.key(), List.copyOf(backed), List.copyOf(entries), own, List.copyOf(waypoints));
    }
}

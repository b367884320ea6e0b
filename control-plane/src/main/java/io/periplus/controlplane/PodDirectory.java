package io.periplus.controlplane;

import io.periplus.api.NamespacedName;
import io.periplus.controlplane.ca.NodeAuthorizer;
import io.periplus.model.collection.Change;
import io.periplus.model.input.PodInput;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Which pods are where, for the certificate authority's threads; written by the index loop alone. */
final class PodDirectory implements NodeAuthorizer.Pods {
    private record Place(String node, String namespace, String serviceAccount) {}

    private final Map<NamespacedName, PodFactsAt> pods = new ConcurrentHashMap<>();
    private final Map<Place, Integer> counts = new ConcurrentHashMap<>();

    private record PodFactsAt(NodeAuthorizer.PodFacts facts, Place place) {}

    void apply(Map<NamespacedName, Change<PodInput>> changes) {
        changes.forEach((name, change) -> {
            PodInput pod = change.after();
            PodFactsAt before;
            if (pod == null || pod.finished()) {
                before = pods.remove(name);
            } else {
                Place place = new Place(pod.node(), name.namespace(), pod.serviceAccount());
                counts.merge(place, 1, Integer::sum);
                before = pods.put(
                        name,
                        new PodFactsAt(
                                new NodeAuthorizer.PodFacts(pod.uid(), pod.serviceAccount(), pod.node()), place));
            }
            if (before != null) {
                counts.computeIfPresent(before.place(), (place, count) -> count == 1 ? null : count - 1);
            }
        });
    }

    @Override
    public NodeAuthorizer.@Nullable PodFacts pod(NamespacedName name) {
        PodFactsAt found = pods.get(name);
        return found == null ? null : found.facts();
    }

    @Override
    public boolean runsOn(String node, String namespace, String serviceAccount) {
        return counts.containsKey(new Place(node, namespace, serviceAccount));
    }
}

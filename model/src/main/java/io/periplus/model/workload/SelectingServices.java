package io.periplus.model.workload;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Graph;
import io.periplus.model.collection.Index;
import io.periplus.model.input.Selectors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Which services select a workload by its labels. Workloads depend on no more than they have to, so that in a namespace
 * of thousands of services a change of one derives again the few workloads that it is about: a service is found by the
 * first label of its selector, and stands there with what its choice of workloads comes from and brings with it, without
 * its ports.
 *
 * @param <K> keys of the services
 */
public final class SelectingServices<K extends Comparable<K>> {
    /**
     * A service with a selector.
     *
     * @param first     the label by which it is found
     * @param waypoints whose hops to its workloads are to be expected
     */
    public record Selecting<K>(K service, Label first, Map<String, String> selector, List<NamespacedName> waypoints) {}

    /** A label in a namespace. */
    public record Label(String namespace, String key, String value) {}

    /** A label key by which services of a namespace are found. */
    private record LabelKey(String namespace, String key) {}

    private final Collection<K, ServiceInfo> services;
    private final Index<Label, K, Selecting<K>> byLabel;
    // Few, mostly one, and hardly ever others: with them a workload reads an entry for a label or two, not for each.
    private final Index<String, String, LabelKey> keysByNamespace;

    /**
     * The services of a collection that have selectors.
     *
     * @param name of the collections that this makes
     */
    public SelectingServices(
            Graph graph, String name, Collection<K, ServiceInfo> services, Function<ServiceInfo, K> key) {
        this.services = services;
        Collection<K, Selecting<K>> selecting = graph.map(
                name,
                services,
                (fetch, service) -> service.selector().isEmpty() ? null : selecting(key.apply(service), service));
        byLabel = selecting.index(service -> List.of(service.first()));
        Collection<String, LabelKey> keys = graph.flatMap(name + "Keys", selecting, (fetch, service) -> {
            LabelKey first =
                    new LabelKey(service.first().namespace(), service.first().key());
            return Map.of(first.namespace() + '/' + first.key(), first);
        });
        keysByNamespace = keys.index(labelKey -> List.of(labelKey.namespace()));
    }

    private static <K> Selecting<K> selecting(K key, ServiceInfo service) {
        String first = Collections.min(service.selector().keySet());
        return new Selecting<>(
                key,
                new Label(service.key().namespace(), first, service.selector().getOrDefault(first, "")),
                service.selector(),
                service.binding().allExpected());
    }

    /** The services that select a workload, in the order of their keys. */
    public List<Selecting<K>> of(Fetch fetch, String namespace, Map<String, String> labels) {
        Map<K, Selecting<K>> found = new TreeMap<>();
        for (LabelKey labelKey : fetch.by(keysByNamespace, namespace)) {
            String value = labels.get(labelKey.key());
            if (value != null) {
                for (Selecting<K> service : fetch.by(byLabel, new Label(namespace, labelKey.key(), value))) {
                    if (Selectors.matches(service.selector(), labels)) {
                        found.put(service.service(), service);
                    }
                }
            }
        }
        return List.copyOf(found.values());
    }

    /** The same with all that is known of the services. */
    public List<ServiceInfo> infos(Fetch fetch, String namespace, Map<String, String> labels) {
        List<ServiceInfo> infos = new ArrayList<>();
        for (Selecting<K> selecting : of(fetch, namespace, labels)) {
            ServiceInfo service = fetch.get(services, selecting.service());
            if (service != null) {
                infos.add(service);
            }
        }
        return infos;
    }
}

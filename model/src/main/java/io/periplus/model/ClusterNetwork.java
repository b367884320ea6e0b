package io.periplus.model;

import io.periplus.api.Labels;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Graph;
import io.periplus.model.input.NamespaceInput;

/** The network that this cluster's pods are on, as a label of the root namespace names it. */
public final class ClusterNetwork {
    private final Collection<String, String> networks;
    private final String rootNamespace;

    ClusterNetwork(Graph graph, Collection<String, NamespaceInput> namespaces, String rootNamespace) {
        this.networks =
                graph.map("networks", namespaces, (fetch, ns) -> ns.labels().get(Labels.NETWORK));
        this.rootNamespace = rootNamespace;
    }

    /** Empty when it has no name. */
    public String of(Fetch fetch) {
        String name = fetch.get(networks, rootNamespace);
        return name == null ? "" : name;
    }
}

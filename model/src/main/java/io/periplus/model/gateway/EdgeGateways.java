package io.periplus.model.gateway;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.gateway.ListenerConflicts.Entry;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.ListenerSetInput;
import io.periplus.model.input.NamespaceInput;
import io.periplus.model.input.ReferenceGrantInput.From;
import io.periplus.model.input.ReferenceInput;
import io.periplus.model.proxy.ProxyKind;
import io.periplus.model.route.ParentKey;
import io.periplus.wire.waypoint.ListenerProtocol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From Gateways of class {@code istio} to {@link EdgeGateway}s.
 *
 * @param setsByParent ListenerSets by the Gateway they want to attach to
 */
public record EdgeGateways(
        Collection<String, NamespaceInput> namespaces,
        Index<NamespacedName, NamespacedName, ListenerSetInput> setsByParent,
        References references) {

    /** The controller of Gateways at the edge. */
    public static final String CONTROLLER = ProxyKind.EDGE.controller();

    static final String GROUP = "gateway.networking.k8s.io";

    private static final Comparator<ListenerSetInput> BY_AGE = Comparator.comparing(ListenerSetInput::created)
            .thenComparing(set -> set.key().toString());

    /** The Gateway with all that listens for it. */
    public EdgeGateway of(Fetch fetch, GatewayInput gateway) {
        List<ListenerSetInput> sets = fetch.by(setsByParent, gateway.key()).stream()
                .filter(set -> permitted(fetch, gateway, set))
                .sorted(BY_AGE)
                .toList();
        List<Entry> entries = new ArrayList<>();
        ParentKey own = ParentKey.gateway(gateway.key());
        entries(entries, own, gateway.listeners());
        sets.forEach(set -> entries(entries, ParentKey.listenerSet(set.key()), set.listeners()));
        Map<Entry, ConditionInput> conflicts = ListenerConflicts.find(entries);

        ListenerJudge judge = new ListenerJudge(references, gateway, entries, conflicts);
        List<EdgeListener> listeners = new ArrayList<>();
        gateway.listeners().forEach(listener -> listeners.add(judge.judge(fetch, own, listener)));
        for (ListenerSetInput set : sets) {
            ParentKey owner = ParentKey.listenerSet(set.key());
            set.listeners().forEach(listener -> listeners.add(judge.judge(fetch, owner, listener)));
        }
        return edgeGateway(fetch, gateway, listeners, sets);
    }

    private EdgeGateway edgeGateway(
            Fetch fetch, GatewayInput gateway, List<EdgeListener> listeners, List<ListenerSetInput> sets) {
        ReferenceInput certificate = gateway.edge().clientCertificate();
        References.Resolved client = references.keyPairs(
                fetch,
                new From(GROUP, "Gateway", gateway.key().namespace()),
                certificate == null ? List.of() : List.of(certificate),
                "InvalidClientCertificateRef");
        return new EdgeGateway(
                gateway.key(),
                List.copyOf(listeners),
                sets.stream().map(ListenerSetInput::key).toList(),
                client.usable().isEmpty() ? null : client.usable().getFirst(),
                client.problem(),
                listeners.stream().anyMatch(EdgeListener::insecureClients));
    }

    private boolean permitted(Fetch fetch, GatewayInput gateway, ListenerSetInput set) {
        String namespace = set.key().namespace();
        return gateway.edge()
                .allowedListeners()
                .permits(gateway.key().namespace(), namespace, fetch.get(namespaces, namespace));
    }

    private static void entries(List<Entry> entries, ParentKey owner, List<GatewayInput.Listener> listeners) {
        for (GatewayInput.Listener listener : listeners) {
            @Nullable ListenerProtocol protocol = Protocols.of(listener);
            if (protocol != null && !Protocols.isReserved(listener.port())) {
                entries.add(new Entry(owner, listener, protocol));
            }
        }
    }
}

package io.periplus.model.gateway;

import io.periplus.model.input.RouteKey;
import io.periplus.model.route.ListenerKey;
import io.periplus.model.route.ListenerView;
import io.periplus.model.route.ListenerViews;
import io.periplus.model.route.ParentKey;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The listeners of Gateways at the edge and of their ListenerSets, as routes see them. */
public final class EdgeViews {
    private EdgeViews() {}

    /** By what lists them: an entry for the Gateway and for each of its ListenerSets. */
    public static Map<ParentKey, ListenerViews> of(EdgeGateway gateway) {
        Map<ParentKey, List<ListenerView>> views = new LinkedHashMap<>();
        views.put(ParentKey.gateway(gateway.key()), new ArrayList<>());
        gateway.permittedSets().forEach(set -> views.put(ParentKey.listenerSet(set), new ArrayList<>()));
        for (EdgeListener listener : gateway.listeners()) {
            views.computeIfAbsent(listener.owner(), owner -> new ArrayList<>()).add(view(listener));
        }
        Map<ParentKey, ListenerViews> result = new LinkedHashMap<>();
        views.forEach((owner, listeners) ->
                result.put(owner, new ListenerViews(owner, gateway.key(), List.copyOf(listeners))));
        return result;
    }

    private static ListenerView view(EdgeListener listener) {
        return new ListenerView(
                new ListenerKey(listener.owner(), listener.spec().name()),
                listener.uniqueName(),
                listener.spec().port(),
                listener.spec().protocol(),
                listener.spec().hostname(),
                listener.spec().allowed(),
                kinds(listener),
                listener.isServable());
    }

    // To a conflicting listener nothing attaches.
    private static Set<RouteKey.Kind> kinds(EdgeListener listener) {
        EnumSet<RouteKey.Kind> kinds = EnumSet.noneOf(RouteKey.Kind.class);
        if (listener.conflicted().status().equals("True")) {
            return kinds;
        }
        for (RouteKey.Kind kind : RouteKey.Kind.values()) {
            if (listener.kinds().stream().anyMatch(k -> k.kind().equals(kind.kind()))) {
                kinds.add(kind);
            }
        }
        return Set.copyOf(kinds);
    }
}

package io.periplus.waypoint.route;

import io.periplus.waypoint.route.match.HostIndex;
import io.periplus.wire.waypoint.Gateway;
import io.periplus.wire.waypoint.Listener;
import io.periplus.wire.waypoint.ServiceTarget;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The routes as the control plane sent them, and the table compiled from them. Written by the xDS client's thread alone, which
 * compiles: a change costs what the parents that it touches cost. Read from every thread.
 */
public final class RouteStore {
    private final Map<String, CompiledRoute> routes = new LinkedHashMap<>();
    private final Map<String, Map<String, CompiledRoute>> byService = new HashMap<>();
    private final Map<String, ServiceRoutes> services = new HashMap<>();
    private final Map<String, Map<String, CompiledRoute>> byListener = new HashMap<>();
    private final Map<String, ListenerRoutes> listenerRoutes = new HashMap<>();
    private List<Listener> listeners = List.of();
    private List<ListenerPort> ports = List.of();
    private volatile RouteTable table = RouteTable.DIRECT;
    private volatile Map<String, io.periplus.wire.waypoint.Route> current = Map.of();

    /** By resource name, {@code <Kind>/<namespace>/<name>}. */
    public Map<String, io.periplus.wire.waypoint.Route> current() {
        return current;
    }

    /** What requests that begin now are routed by. */
    public RouteTable table() {
        return table;
    }

    /** Applies one push: routes in place of those with the same name, and names that are gone. */
    public void apply(Map<String, io.periplus.wire.waypoint.Route> changed, Collection<String> removed) {
        Set<ServiceTarget> touched = new HashSet<>();
        Set<String> touchedListeners = new HashSet<>();
        for (String name : removed) {
            detach(name, routes.remove(name), touched, touchedListeners);
        }
        changed.forEach((name, route) -> {
            detach(name, routes.remove(name), touched, touchedListeners);
            CompiledRoute compiled = RouteCompiler.compile(route);
            routes.put(name, compiled);
            attach(name, compiled, touched, touchedListeners);
        });
        touched.forEach(this::recompile);
        touchedListeners.forEach(this::recompileListener);
        Map<String, io.periplus.wire.waypoint.Route> next = HashMap.newHashMap(routes.size());
        routes.forEach((name, route) -> next.put(name, route.source()));
        current = Map.copyOf(next);
        publish(!touchedListeners.isEmpty());
    }

    /** The listeners of this proxy's own Gateway changed, or it has none any more. */
    public void listeners(@Nullable Gateway gateway) {
        listeners = gateway == null ? List.of() : gateway.getListenersList();
        publish(true);
    }

    private void attach(String name, CompiledRoute route, Set<ServiceTarget> services, Set<String> listeners) {
        for (var parent : route.source().getParentsList()) {
            if (parent.hasService()) {
                ServiceTarget service = parent.getService().getService();
                services.add(service);
                byService.computeIfAbsent(keyOf(service), _ -> new TreeMap<>()).put(name, route);
            } else if (parent.hasListener()) {
                String listener = parent.getListener().getListener();
                listeners.add(listener);
                byListener.computeIfAbsent(listener, _ -> new TreeMap<>()).put(name, route);
            }
        }
    }

    private void detach(String name, @Nullable CompiledRoute old, Set<ServiceTarget> services, Set<String> listeners) {
        if (old == null) {
            return;
        }
        for (var parent : old.source().getParentsList()) {
            if (parent.hasService()) {
                ServiceTarget service = parent.getService().getService();
                services.add(service);
                drop(byService, keyOf(service), name);
            } else if (parent.hasListener()) {
                String listener = parent.getListener().getListener();
                listeners.add(listener);
                drop(byListener, listener, name);
            }
        }
    }

    private static void drop(Map<String, Map<String, CompiledRoute>> byParent, String parent, String name) {
        byParent.computeIfPresent(parent, (_, attached) -> {
            attached.remove(name);
            return attached.isEmpty() ? null : attached;
        });
    }

    private void recompile(ServiceTarget service) {
        Map<String, CompiledRoute> attached = byService.get(keyOf(service));
        if (attached == null) {
            services.remove(keyOf(service));
        } else {
            services.put(
                    keyOf(service), ServiceRoutes.of(service.getNamespace(), service.getHostname(), attached.values()));
        }
    }

    private void recompileListener(String listener) {
        Map<String, CompiledRoute> attached = byListener.get(listener);
        if (attached == null) {
            listenerRoutes.remove(listener);
        } else {
            listenerRoutes.put(listener, ListenerRoutes.of(listener, attached.values()));
        }
    }

    private void publish(boolean portsChanged) {
        if (portsChanged) {
            ports = ports();
        }
        table = new RouteTable(Map.copyOf(services), ports);
    }

    /** A listener without routes still is the most specific one for its name. */
    private List<ListenerPort> ports() {
        Map<Integer, Map<String, ListenerRoutes>> byPort = new HashMap<>();
        for (Listener listener : listeners) {
            ListenerRoutes attached = listenerRoutes.get(listener.getName());
            byPort.computeIfAbsent(listener.getPort(), _ -> new HashMap<>())
                    .put(
                            listener.getHostname(),
                            attached == null ? ListenerRoutes.of(listener.getName(), List.of()) : attached);
        }
        return byPort.entrySet().stream()
                .map(entry -> new ListenerPort(entry.getKey(), new HostIndex<>(entry.getValue())))
                .toList();
    }

    private static String keyOf(ServiceTarget service) {
        return service.getNamespace() + "/" + service.getHostname();
    }
}

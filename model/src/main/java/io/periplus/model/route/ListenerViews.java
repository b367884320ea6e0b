package io.periplus.model.route;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.GatewayInput.GroupKind;
import io.periplus.model.input.RouteKey;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The listeners of one Gateway or ListenerSet that is ours.
 *
 * @param gateway whose proxies serve them
 */
public record ListenerViews(ParentKey parent, NamespacedName gateway, List<ListenerView> listeners) {
    private static final String GROUP = "gateway.networking.k8s.io";

    /** The listeners of a Gateway, as they are written. */
    public static ListenerViews of(GatewayInput gateway) {
        ParentKey parent = ParentKey.gateway(gateway.key());
        return new ListenerViews(
                parent,
                gateway.key(),
                gateway.listeners().stream()
                        .map(listener -> new ListenerView(
                                new ListenerKey(parent, listener.name()),
                                listener.name(),
                                listener.port(),
                                listener.protocol(),
                                listener.hostname(),
                                listener.allowed(),
                                kinds(listener.protocol(), listener.kinds()),
                                true))
                        .toList());
    }

    /** The kinds of routes that a listener takes: those of its protocol, restricted to what it allows. */
    public static Set<RouteKey.Kind> kinds(String protocol, List<GroupKind> allowed) {
        EnumSet<RouteKey.Kind> kinds = EnumSet.noneOf(RouteKey.Kind.class);
        kinds.addAll(
                switch (protocol) {
                    case "HTTP", "HTTPS" -> List.of(RouteKey.Kind.HTTP, RouteKey.Kind.GRPC);
                    case "TLS" -> List.of(RouteKey.Kind.TLS);
                    case "TCP" -> List.of(RouteKey.Kind.TCP);
                    default -> List.of();
                });
        if (!allowed.isEmpty()) {
            kinds.removeIf(kind -> !allowed.contains(new GroupKind(GROUP, kind.kind())));
        }
        return Set.copyOf(kinds);
    }
}

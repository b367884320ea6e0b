package io.periplus.waypoint.route;

import com.google.protobuf.TextFormat;
import io.periplus.wire.waypoint.Gateway;
import io.periplus.wire.waypoint.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Routes and Gateways as tests write them: the text form of their messages. */
public final class RoutesOf {
    private RoutesOf() {}

    public static Route route(String text) {
        try {
            return TextFormat.parse(text, Route.class);
        } catch (TextFormat.ParseException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public static Gateway gateway(String text) {
        try {
            return TextFormat.parse(text, Gateway.class);
        } catch (TextFormat.ParseException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public static String nameOf(Route route) {
        return route.getKind() + "/" + route.getNamespace() + "/" + route.getName();
    }

    /** Puts routes into a store, in place of those with the same names. */
    public static void put(RouteStore store, String... texts) {
        Map<String, Route> changed = new LinkedHashMap<>();
        for (String text : texts) {
            Route route = route(text);
            changed.put(nameOf(route), route);
        }
        store.apply(changed, List.of());
    }
}

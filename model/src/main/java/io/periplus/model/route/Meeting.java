package io.periplus.model.route;

import io.periplus.model.input.RouteKey.Kind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Traffic for which routes can meet, with the kind of the route that wants it. */
sealed interface Meeting {
    /** A port of a service, for the clients of one group. */
    record Port(String namespace, String hostname, int port, String group, Kind kind) implements Meeting {}

    /**
     * A host name at a listener.
     *
     * @param below whether some name that it covers is meant, and not the name itself
     */
    record Host(ListenerKey listener, Kind kind, String hostname, boolean below) implements Meeting {}

    /** Everything that a route wants, so that a rival finds it. */
    static Set<Meeting> of(RouteParents route) {
        Set<Meeting> meetings = new LinkedHashSet<>();
        Kind kind = route.key().kind();
        route.atServices().forEach(at -> at.ports().forEach(port -> meetings.add(port(at, port, kind))));
        if (kind == Kind.HTTP || kind == Kind.GRPC) {
            route.atListeners()
                    .forEach(at -> names(at).forEach(name -> {
                        ListenerKey listener = at.listener().key();
                        meetings.add(new Host(listener, kind, name, false));
                        Hostnames.above(name).forEach(above -> meetings.add(new Host(listener, kind, above, true)));
                    }));
        }
        return meetings;
    }

    /** Where rivals of a kind are found whose names have something in common with those of the place. */
    static Set<Meeting> rivals(Place.AtListener at, Kind kind) {
        Set<Meeting> meetings = new LinkedHashSet<>();
        ListenerKey listener = at.listener().key();
        for (String name : names(at)) {
            meetings.add(new Host(listener, kind, name, false));
            meetings.add(new Host(listener, kind, name, true));
            Hostnames.above(name).forEach(above -> meetings.add(new Host(listener, kind, above, false)));
        }
        return meetings;
    }

    static Port port(Place.AtService at, int port, Kind kind) {
        return new Port(at.service().getNamespace(), at.service().getHostname(), port, at.group(), kind);
    }

    private static List<String> names(Place.AtListener at) {
        return at.hostnames().isEmpty() ? List.of("") : at.hostnames();
    }
}

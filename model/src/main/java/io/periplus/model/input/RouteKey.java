package io.periplus.model.input;

import io.periplus.api.NamespacedName;
import io.periplus.wire.waypoint.RouteKind;
import java.util.Comparator;

/** The name of a route object: names are unique per kind only. */
public record RouteKey(Kind kind, NamespacedName name) implements Comparable<RouteKey> {
    private static final Comparator<RouteKey> ORDER =
            Comparator.comparing(RouteKey::name).thenComparing(RouteKey::kind);

    /** Kinds of routes, those first that displace others at the same port of a Service. */
    public enum Kind {
        GRPC("GRPCRoute", RouteKind.GRPC),
        HTTP("HTTPRoute", RouteKind.HTTP),
        TLS("TLSRoute", RouteKind.TLS),
        TCP("TCPRoute", RouteKind.TCP);

        private final String kind;
        private final RouteKind wire;

        Kind(String kind, RouteKind wire) {
            this.kind = kind;
            this.wire = wire;
        }

        /** As objects name it. */
        public String kind() {
            return kind;
        }

        /** As messages name it. */
        public RouteKind wire() {
            return wire;
        }
    }

    @Override
    public int compareTo(RouteKey other) {
        return ORDER.compare(this, other);
    }

    /** {@code <Kind>/<namespace>/<name>}, the name of the resource that proxies are sent. */
    @Override
    public String toString() {
        return kind.kind() + "/" + name;
    }
}

package io.periplus.waypoint;

/** The two places where the same proxy stands. */
enum ProxyKind {
    /** In the mesh, before services: takes tunnels. */
    WAYPOINT("waypoint"),
    /** At the edge: listens as a Gateway says. */
    GATEWAY("router");

    private final String nodeType;

    ProxyKind(String nodeType) {
        this.nodeType = nodeType;
    }

    /** How the proxy introduces itself to the control plane. */
    String nodeType() {
        return nodeType;
    }

    /** As logs name it. */
    @Override
    public String toString() {
        return this == WAYPOINT ? "waypoint" : "gateway";
    }
}

package io.periplus.waypoint;

/** Starts a waypoint with its configuration from the environment; ends on SIGTERM. */
public final class WaypointMain {
    private WaypointMain() {}

    /** The process's entry point; {@code args} are those of upstream's proxy and say nothing that the environment does not. */
    public static void main(String[] args) {
        ProxyMain.run(ProxyKind.WAYPOINT);
    }
}

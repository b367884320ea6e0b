package io.periplus.waypoint;

/**
 * Where the process listens.
 *
 * @param hbone clients' tunnels
 * @param admin pages for people, on loopback only
 * @param metrics pages for scrapers
 * @param readiness the kubelet's probe
 * @param stats scrapers too, at the port that upstream's proxy has
 */
record Ports(int hbone, int admin, int metrics, int readiness, int stats) {
    /** As every tool expects them. */
    static final Ports STANDARD = new Ports(15008, 15000, 15020, 15021, 15090);
}

package io.periplus.api.why;

/**
 * Who answers.
 *
 * @param kind {@code ztunnel}, {@code waypoint} or {@code gateway}
 * @param name of the pod
 * @param node that it runs on, empty if unknown
 */
public record ProxyName(String kind, String namespace, String name, String node) {
    @Override
    public String toString() {
        return kind + " " + namespace + "/" + name;
    }
}

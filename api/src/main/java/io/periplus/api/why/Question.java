package io.periplus.api.why;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one proxy is asked. Each side reads the fields that mean something to it; {@link #ofSource} and its like say which.
 *
 * @param pod whose connection it is ({@code SOURCE}), or who is connected to ({@code DESTINATION})
 * @param host as the client names it, may be an address
 * @param port that the client asks for
 * @param caller the client as the proxy sees it
 * @param tunnel whether the connection comes through HBONE
 * @param http null for a connection that is judged as bytes
 * @param tls whether the client speaks TLS to the listener of a gateway
 * @param serverName that the client asks for in TLS, empty for none
 */
public record Question(
        Side side,
        @Nullable PodName pod,
        String host,
        int port,
        @Nullable Caller caller,
        boolean tunnel,
        @Nullable HttpQuestion http,
        boolean tls,
        String serverName) {
    /** Who writes a question by hand may leave fields out. */
    public Question {
        host = Objects.requireNonNullElse(host, "");
        serverName = Objects.requireNonNullElse(serverName, "");
    }

    /** The same, judged as a connection whose bytes pass as they are. */
    public Question asBytes(String name) {
        return new Question(side, pod, host, port, caller, tunnel, null, tls, name);
    }

    /** Where does a connection of this pod to {@code host:port} go? */
    public static Question ofSource(PodName pod, String host, int port) {
        return new Question(Side.SOURCE, pod, host, port, null, false, null, false, "");
    }

    /**
     * What becomes of a connection to this pod?
     *
     * @param host the address or host name that the tunnel asks for, or of the pod
     */
    public static Question ofDestination(PodName pod, String host, int port, Caller caller, boolean tunnel) {
        return new Question(Side.DESTINATION, pod, host, port, caller, tunnel, null, false, "");
    }

    /**
     * What becomes of traffic that comes through the waypoint's tunnel port?
     *
     * @param address that the tunnel asks for
     * @param http null for bytes
     */
    public static Question ofWaypoint(
            String address, int port, Caller caller, @Nullable HttpQuestion http, String serverName) {
        return new Question(Side.WAYPOINT, null, address, port, caller, true, http, false, serverName);
    }

    /** What becomes of traffic that comes to a port of the gateway? */
    public static Question ofGateway(
            int port, Caller caller, @Nullable HttpQuestion http, boolean tls, String serverName) {
        return new Question(Side.GATEWAY, null, "", port, caller, false, http, tls, serverName);
    }
}

package io.periplus.lab.node.probe;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.lab.store.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;

/** One look at a container: the action of a probe or of a lifecycle hook. */
public final class Check {
    /** Whether a look went well, and what was seen. */
    public record Result(boolean success, String message) {}

    private Check() {}

    /** Does what {@code action} (a probe or a lifecycle handler) says; never throws. */
    public static Result run(Target target, JsonNode action, int timeoutSeconds) {
        try {
            if (action.has("httpGet")) {
                return HttpCheck.run(target, action.path("httpGet"), timeoutSeconds);
            }
            if (action.has("tcpSocket")) {
                JsonNode tcp = action.path("tcpSocket");
                try (SocketChannel socket = connect(target, tcp, timeoutSeconds)) {
                    return new Result(true, "connected to " + socket.getRemoteAddress());
                }
            }
            if (action.has("exec")) {
                return target.exec().run(Json.texts(action.path("exec").path("command")), timeoutSeconds);
            }
            return new Result(false, "lab nodes have no probe of this kind; use httpGet, tcpSocket or exec: " + action);
        } catch (IOException | IllegalArgumentException e) {
            return new Result(false, String.valueOf(e.getMessage()));
        }
    }

    /** A connection from the node to the host (or pod) and port of {@code action}. */
    static SocketChannel connect(Target target, JsonNode action, int timeoutSeconds) throws IOException {
        String host = action.path("host").asText(target.podIp());
        int port = target.port(action.path("port"));
        SocketChannel socket = target.network().socket();
        try {
            socket.socket()
                    .connect(new InetSocketAddress(java.net.InetAddress.ofLiteral(host), port), timeoutSeconds * 1000);
            socket.socket().setSoTimeout(timeoutSeconds * 1000);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw new IOException("dial tcp " + host + ":" + port + ": " + e.getMessage(), e);
        }
    }
}

package io.periplus.lab.apiserver.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.PodRuntime;
import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.apiserver.http.Path;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.io.IOException;
import java.io.OutputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.jspecify.annotations.Nullable;

/** The streaming subresources of pods: {@code exec}, {@code attach}, {@code portforward} and {@code log}. */
public final class PodStreams {
    /** Newest first. In version 5 a client can close its standard input. */
    private static final List<String> EXEC_PROTOCOLS =
            List.of("v5.channel.k8s.io", "v4.channel.k8s.io", "v3.channel.k8s.io");

    private static final List<String> FORWARD_PROTOCOLS = List.of("v4.channel.k8s.io", "portforward.k8s.io");
    private static final String TUNNEL_PROTOCOL = "SPDY/3.1+portforward.k8s.io";
    private static final String DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

    private final ObjectStore store;
    private final PodRuntime runtime;
    private final ServerWebSocketContainer webSockets;

    public PodStreams(ObjectStore store, PodRuntime runtime, ServerWebSocketContainer webSockets) {
        this.store = store;
        this.runtime = runtime;
        this.webSockets = webSockets;
    }

    /** Takes the connection over if the request is for one of the streams; the callback is then used up. */
    public boolean upgrade(Call call, Callback callback) throws IOException {
        Path path = Path.parse(call.path());
        if (path == null || !path.group().isEmpty() || !path.resource().equals("pods")) {
            return false;
        }
        switch (path.subresource()) {
            case "exec", "attach" -> {
                PodRuntime.ContainerRef container = container(call, path);
                boolean attach = path.subresource().equals("attach");
                List<String> command = call.queries("command");
                if (!attach && command.isEmpty()) {
                    throw ApiException.badRequest("you must specify at least one command for the container");
                }
                open(
                        call,
                        EXEC_PROTOCOLS,
                        new ExecSocket(runtime, container, options(call, attach, command)),
                        callback);
            }
            case "portforward" -> {
                pod(path);
                if (call.header("Sec-WebSocket-Protocol").contains(TUNNEL_PROTOCOL)) {
                    open(
                            call,
                            List.of(TUNNEL_PROTOCOL),
                            new SpdyPortForwardSocket(runtime, path.namespace(), path.name()),
                            callback);
                    return true;
                }
                List<Integer> ports = new ArrayList<>();
                for (String port : call.queries("ports")) {
                    if (!port.matches("\\d{1,5}")) {
                        throw ApiException.badRequest("ports: " + port + " (expected: a port number)");
                    }
                    ports.add(Integer.valueOf(port));
                }
                open(
                        call,
                        FORWARD_PROTOCOLS,
                        new PortForwardSocket(runtime, path.namespace(), path.name(), ports),
                        callback);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static ExecSocket.Options options(Call call, boolean attach, List<String> command) {
        return new ExecSocket.Options(
                attach,
                command,
                call.flag("stdin"),
                call.query("stdout").isEmpty() || call.flag("stdout"),
                call.flag("stderr"),
                call.flag("tty"));
    }

    private void open(Call call, List<String> protocols, Session.Listener socket, Callback callback)
            throws IOException {
        boolean webSocket = call.header("Upgrade").equalsIgnoreCase("websocket");
        if (!webSocket) {
            throw ApiException.badRequest("this server streams over WebSocket only (RFC 6455); the request asks for "
                    + (call.header("Upgrade").isEmpty() ? "no upgrade" : call.header("Upgrade")));
        }
        List<String> offered = call.request().getHeaders().getCSV("Sec-WebSocket-Protocol", false);
        @Nullable
        String chosen = offered.isEmpty()
                ? protocols.getLast()
                : protocols.stream().filter(offered::contains).findFirst().orElse(null);
        if (chosen == null) {
            throw ApiException.badRequest("unable to upgrade: none of the offered protocols " + offered
                    + " is known (expected: one of " + protocols + ")");
        }
        try {
            boolean upgraded = webSockets.upgrade(
                    (request, response, done) -> {
                        if (!offered.isEmpty()) {
                            response.setAcceptedSubProtocol(chosen);
                        }
                        return socket;
                    },
                    call.request(),
                    call.response(),
                    callback);
            if (!upgraded) {
                throw ApiException.badRequest("the request is no valid WebSocket upgrade (RFC 6455)");
            }
        } catch (ApiException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new IOException("WebSocket upgrade failed", e);
        }
    }

    /** Answers a request for a log. */
    public boolean logs(Call call, Path path) throws IOException {
        if (!path.resource().equals("pods") || !path.subresource().equals("log")) {
            return false;
        }
        PodRuntime.ContainerRef container = container(call, path);
        PodRuntime.LogRequest request = new PodRuntime.LogRequest(
                call.flag("follow"),
                call.number("tailLines"),
                since(call),
                call.flag("previous"),
                call.flag("timestamps"),
                call.number("limitBytes"));
        try (LazyStream out = new LazyStream(call)) {
            runtime.logs(container, request, out);
            out.flush();
        } catch (PodRuntime.NotRunningException e) {
            throw ApiException.badRequest(String.valueOf(e.getMessage()));
        }
        return true;
    }

    private static @Nullable Instant since(Call call) {
        Long seconds = call.number("sinceSeconds");
        if (seconds != null) {
            return Instant.now().minusSeconds(seconds);
        }
        String time = call.query("sinceTime");
        if (time.isEmpty()) {
            return null;
        }
        try {
            return OffsetDateTime.parse(time).toInstant();
        } catch (DateTimeException e) {
            throw ApiException.badRequest("sinceTime: " + time + " (expected: a time as in RFC 3339)");
        }
    }

    private ObjectNode pod(Path path) {
        @Nullable ObjectNode pod = store.get(ResourceType.POD, path.namespace(), path.name());
        if (pod == null) {
            throw ApiException.notFound(ResourceType.POD, path.name());
        }
        return pod;
    }

    private PodRuntime.ContainerRef container(Call call, Path path) {
        ObjectNode pod = pod(path);
        List<String> names = new ArrayList<>();
        for (String list : List.of("containers", "initContainers")) {
            for (JsonNode container : pod.path("spec").path(list)) {
                names.add(Json.text(container, "name"));
            }
        }
        String asked = call.query("container");
        if (asked.isEmpty()) {
            asked = Json.text(pod, "metadata", "annotations", DEFAULT_CONTAINER);
        }
        int main = pod.path("spec").path("containers").size();
        if (asked.isEmpty() && main > 1) {
            throw ApiException.badRequest("a container name must be specified for pod " + path.name()
                    + ", choose one of: " + names.subList(0, main));
        }
        if (asked.isEmpty()) {
            asked = names.getFirst();
        }
        if (!names.contains(asked)) {
            throw ApiException.badRequest("container " + asked + " is not valid for pod " + path.name());
        }
        if (Json.text(pod, "spec", "nodeName").isEmpty()) {
            throw ApiException.badRequest("pod " + path.name() + " does not have a host assigned");
        }
        return new PodRuntime.ContainerRef(path.namespace(), path.name(), Meta.uid(pod), asked);
    }

    /** Begins the reply with the first byte, so that an error before it still becomes a status. */
    private static final class LazyStream extends OutputStream {
        private final Call call;
        private @Nullable OutputStream out;

        LazyStream(Call call) {
            this.call = call;
        }

        private OutputStream out() throws IOException {
            OutputStream present = out;
            if (present == null) {
                present = call.stream("text/plain");
                out = present;
            }
            return present;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out().write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            out().flush();
        }

        @Override
        public void close() throws IOException {
            // An error before the first byte: the caller still writes the status.
            if (out != null) {
                out.close();
            }
        }
    }
}

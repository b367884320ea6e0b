package io.periplus.lab.apiserver;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ClusterConfig;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.ResourceType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A cluster's API server on the loopback, with the machine's {@code kubectl} as its client and a pod runtime of the test's own. */
final class TestCluster implements AutoCloseable {
    private final ClusterServer server;
    private final Path directory;
    private final Path kubeconfig;
    final int port;

    TestCluster(Path directory) throws IOException {
        this(directory, false);
    }

    TestCluster(Path directory, boolean enforceRbac) throws IOException {
        this.directory = directory;
        server = ClusterServer.open(new ClusterServer.Config(
                new ClusterConfig("cluster1", "10.96.0.0/16", "172.18.1.0/24"),
                directory.resolve("state"),
                List.of(),
                enforceRbac));
        if (server.store().get(ResourceType.NAMESPACE, null, "default") == null) {
            server.store().create(ResourceType.NAMESPACE, object("v1", "Namespace", "", "default"));
            server.store().create(ResourceType.SERVICE_ACCOUNT, object("v1", "ServiceAccount", "default", "default"));
        }
        ServerSocketChannel channel = ServerSocketChannel.open();
        channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
        server.start(new EchoRuntime(), List.of(channel));
        kubeconfig = directory.resolve("kubeconfig");
        Files.writeString(kubeconfig, server.kubeconfig("https://127.0.0.1:" + port));
    }

    static ObjectNode object(String apiVersion, String kind, String namespace, String name) {
        ObjectNode object = Json.object().put("apiVersion", apiVersion).put("kind", kind);
        ObjectNode meta = object.putObject("metadata").put("name", name);
        if (!namespace.isEmpty()) {
            meta.put("namespace", namespace);
        }
        return object;
    }

    ClusterServer server() {
        return server;
    }

    Path kubeconfig() {
        return kubeconfig;
    }

    /** What a command printed and returned. */
    record Result(int exitCode, String out, String err) {
        /** The output of a command that has to succeed without a word on standard error. */
        String quiet() {
            if (exitCode != 0 || !err.isEmpty()) {
                throw new AssertionError("exit code " + exitCode + "\n" + out + "\n" + err);
            }
            return out;
        }
    }

    Result kubectl(String... arguments) throws IOException, InterruptedException {
        return kubectlWith("", arguments);
    }

    /** Runs kubectl with standard input. */
    Result kubectlWith(String input, String... arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The command may end without reading its input.
            process.getOutputStream();
        }
        StringBuilder err = new StringBuilder();
        Thread errors = Thread.ofVirtual().start(() -> err.append(read(process.getErrorStream())));
        String out = read(process.getInputStream());
        errors.join();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return new Result(process.waitFor(), out, err.toString());
    }

    Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("kubectl"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("KUBECONFIG", kubeconfig.toString());
        builder.environment().put("HOME", directory.toString());
        return builder.start();
    }

    private static String read(InputStream in) {
        try {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Makes a pod look as if a node ran it. */
    void run(String namespace, String pod) {
        server.store().update(ResourceType.POD, namespace, pod, object -> {
            Json.ensureObject(object, "spec").put("nodeName", "node1");
            return object;
        });
        server.store().updateStatus(ResourceType.POD, namespace, pod, object -> {
            var status =
                    Json.ensureObject(object, "status").put("phase", "Running").put("podIP", "10.244.0.5");
            var container = status.putArray("containerStatuses").addObject();
            container
                    .put("name", "app")
                    .put("ready", true)
                    .put("restartCount", 0)
                    .put("image", "app:1");
            container.putObject("state").putObject("running").put("startedAt", "2026-01-01T00:00:00Z");
            var condition = status.putArray("conditions").addObject();
            condition.put("type", "Ready").put("status", "True");
            return object;
        });
    }

    @Override
    public void close() {
        server.close();
    }

    /** Containers that answer every command with its words, or do what they say. */
    static final class EchoRuntime implements PodRuntime {
        @Override
        public int exec(ContainerRef container, ExecRequest request) throws IOException {
            List<String> command = request.command();
            switch (command.getFirst()) {
                case "cat" -> request.stdin().transferTo(request.stdout());
                case "fail" -> {
                    request.stderr().write("it failed\n".getBytes(StandardCharsets.UTF_8));
                    return 3;
                }
                default -> request.stdout().write((String.join(" ", command) + "\n").getBytes(StandardCharsets.UTF_8));
            }
            return 0;
        }

        @Override
        public void logs(ContainerRef container, LogRequest request, OutputStream out) throws IOException {
            if (request.previous()) {
                throw new NotRunningException("previous terminated container \"" + container.container()
                        + "\" in pod \"" + container.pod() + "\" not found");
            }
            long lines = request.tailLines() == null ? 3 : request.tailLines();
            for (int i = 1; i <= lines; i++) {
                out.write(("line " + i + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        }

        @Override
        public ByteChannel openPort(String namespace, String pod, int port) throws IOException {
            return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }
    }
}

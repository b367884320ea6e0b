package io.periplus.lab.node.pod;

import io.periplus.lab.apiserver.PodRuntime;
import io.periplus.lab.node.container.ContainerProcess;
import io.periplus.lab.node.container.LogReader;
import io.periplus.lab.node.net.NodeNetwork;
import io.periplus.lab.store.Json;
import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The running containers of a node, for {@code kubectl exec}, {@code logs} and {@code port-forward}. */
public final class NodePodRuntime implements PodRuntime {
    private static final int CONNECT_MILLIS = 5_000;

    private final Kubelet kubelet;

    public NodePodRuntime(Kubelet kubelet) {
        this.kubelet = kubelet;
    }

    @Override
    public int exec(ContainerRef container, ExecRequest request) throws IOException {
        ContainerProcess process = running(container);
        return request.terminal() == null
                ? ExecStreams.withPipes(process, request)
                : ExecStreams.withTerminal(process, request, request.terminal());
    }

    @Override
    public int attach(ContainerRef container, ExecRequest request) throws IOException {
        return ExecStreams.attach(running(container), request);
    }

    private ContainerProcess running(ContainerRef container) throws NotRunningException {
        ContainerView view = view(container);
        ContainerProcess process = view == null ? null : view.process();
        if (process == null || process.pid() == 0) {
            throw new NotRunningException("container not found (\"" + container.container() + "\")");
        }
        return process;
    }

    @Override
    public void logs(ContainerRef container, LogRequest request, OutputStream out) throws IOException {
        List<Path> runs = runs(container);
        ContainerView view = view(container);
        ContainerProcess process = view == null ? null : view.process();
        ContainerProcess active = process != null && process.pid() != 0 ? process : null;
        if (request.previous()) {
            int index = runs.size() - (active != null ? 2 : 1);
            if (index < 0 || view != null && view.attempt() == 0) {
                throw new NotRunningException("previous terminated container \"" + container.container()
                        + "\" in pod \"" + container.pod() + "\" not found");
            }
            new LogReader(runs.get(index), request, out).run(null);
        } else if (runs.isEmpty()) {
            throw new NotRunningException("container \"" + container.container() + "\" in pod \"" + container.pod()
                    + "\" is waiting to start: "
                    + (view != null && view.state() instanceof ContainerState.Waiting(String reason, String message)
                            ? message.isEmpty() ? reason : reason + ": " + message
                            : "ContainerCreating"));
        } else {
            new LogReader(runs.getLast(), request, out)
                    .run(active != null ? active.streams().log() : null);
        }
    }

    /** The logs of a container's runs, oldest first. */
    private List<Path> runs(ContainerRef container) throws IOException {
        Path directory = kubelet.node()
                .logDirectory(container.namespace(), container.pod(), container.uid())
                .resolve(container.container());
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted(Comparator.comparingInt(NodePodRuntime::attempt))
                    .toList();
        }
    }

    private static int attempt(Path file) {
        String name = file.getFileName().toString();
        return Integer.parseInt(name.substring(0, name.indexOf('.')));
    }

    @Override
    public ByteChannel openPort(String namespace, String pod, int port) throws IOException {
        PodWorker worker = kubelet.find(namespace, pod);
        if (worker == null) {
            throw new NotRunningException("pod " + namespace + "/" + pod + " does not run");
        }
        PodFacts facts = worker.facts();
        Path file = Json.at(facts.pod(), "spec", "hostNetwork").asBoolean()
                ? kubelet.node().network().file()
                : NodeNetwork.NAMESPACES.resolve(kubelet.node().config().podNamespace(facts.uid()));
        try (NetworkNamespace network = NetworkNamespace.open(file)) {
            SocketChannel socket = network.call(() -> SocketChannel.open(StandardProtocolFamily.INET));
            try {
                socket.socket()
                        .connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), CONNECT_MILLIS);
                return socket;
            } catch (IOException e) {
                socket.close();
                throw new IOException("port " + port + " of pod " + namespace + "/" + pod + ": " + e.getMessage(), e);
            }
        }
    }

    private @Nullable ContainerView view(ContainerRef container) {
        PodWorker worker = kubelet.find(container.uid());
        if (worker == null) {
            return null;
        }
        return worker.view().stream()
                .filter(view -> view.name().equals(container.container()))
                .findFirst()
                .orElse(null);
    }
}

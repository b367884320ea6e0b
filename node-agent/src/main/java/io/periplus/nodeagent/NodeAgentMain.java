package io.periplus.nodeagent;

import com.sun.net.httpserver.HttpServer;
import io.periplus.linux.SeqpacketServer;
import io.periplus.linux.SeqpacketSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The role {@code periplus node-agent}: wiring only. Runs until it is killed. */
public final class NodeAgentMain {
    private static final Logger LOG = LoggerFactory.getLogger(NodeAgentMain.class);
    private static final int HTTP_OK = 200;

    private NodeAgentMain() {}

    /** Configured by the environment, see {@link AgentConfig}. */
    public static void main(String[] args) throws IOException, InterruptedException {
        AgentConfig config = AgentConfig.from(System.getenv());
        ProbeExemption probes = new ProbeExemption(null, config.probes());
        probes.install();
        KubeApi api = new KubeApi(KubeAccess.inCluster(System.getenv()));
        try (KubernetesCluster cluster =
                        new KubernetesCluster(api, config.node(), new EnrolmentRules(config.excludedNamespaces()));
                Enrolment enrolment = new Enrolment(
                        cluster,
                        new PodNamespaces(config.proc()),
                        new RedirectionRules(config.probes()),
                        probes,
                        config.captureDns(),
                        config.linger())) {
            cluster.start(enrolment::changed);
            cluster.annotated().forEach(enrolment::adopt);
            cluster.annotated().stream().map(NodePod::uid).forEach(enrolment::changed);
            try (SeqpacketServer ztunnels = SeqpacketServer.listen(config.zdsSocket())) {
                serveReadiness(config.readyPort());
                LOG.info("serving the pods of node {}; ztunnel connects at {}", config.node(), config.zdsSocket());
                while (!Thread.currentThread().isInterrupted()) {
                    greet(ztunnels.accept(), cluster, enrolment);
                }
            }
        }
    }

    private static void greet(SeqpacketSocket socket, KubernetesCluster cluster, Enrolment enrolment)
            throws IOException {
        try {
            enrolment.connected(ZtunnelConnection.greet(socket), cluster::annotatedUids);
        } catch (IOException e) {
            LOG.warn("a process connected to the ZDS socket but is no ztunnel: {}", e.getMessage());
            socket.close();
        }
    }

    private static void serveReadiness(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/readyz", exchange -> {
            exchange.sendResponseHeaders(HTTP_OK, -1);
            exchange.close();
        });
        server.start();
    }
}

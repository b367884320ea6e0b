package io.periplus.nodeagent;

import io.periplus.linux.SeqpacketServer;
import io.periplus.linux.SeqpacketSocket;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The role {@code periplus node-agent}: wiring only. Runs until it is killed. */
public final class NodeAgentMain {
    private static final Logger LOG = LoggerFactory.getLogger(NodeAgentMain.class);

    private NodeAgentMain() {}

    /** Configured by the environment, see {@link AgentConfig}. */
    public static void main(String[] args) throws IOException, InterruptedException {
        AgentConfig config = AgentConfig.from(System.getenv(), Path.of(System.getProperty("periplus.home", ".")));
        RuleBackend backend = BackendChoice.choose(config.backend(), null);
        RedirectionRules redirection = backend.redirection(config.probes(), config.ipv6());
        ProbeRules[] more =
                config.branchInterfaces() ? new ProbeRules[] {new BranchInterfaces(null)} : new ProbeRules[0];
        ProbeExemption probes = backend.probeExemption(null, config.probes(), more);
        probes.install();
        KubeApi api = new KubeApi(KubeAccess.inCluster(System.getenv()));
        try (KubernetesCluster cluster = new KubernetesCluster(
                        api, config.node(), new EnrolmentRules(config.excludedNamespaces(), config.selectors()));
                Enrolment enrolment = new Enrolment(
                        cluster,
                        new PodNamespaces(config.proc()),
                        redirection,
                        probes,
                        config.captureDns(),
                        config.reconciles(),
                        config.linger())) {
            cluster.start(enrolment::changed);
            cluster.annotated().forEach(enrolment::adopt);
            enrolment.pruneProbes(cluster::annotated);
            cluster.annotated().stream().map(NodePod::uid).forEach(enrolment::changed);
            PodStarts starts = new PodStarts(
                    cluster,
                    enrolment,
                    redirection,
                    probes,
                    config.proc(),
                    config.excludedNamespaces(),
                    config.captureDns());
            // In this order: whoever finds the plugin on the node finds the agent behind it.
            try (SeqpacketServer ztunnels = SeqpacketServer.listen(config.zdsSocket());
                    PluginSocket podStarts = PluginSocket.serve(config.plugin().socket(), starts);
                    PluginKeeper plugin = PluginKeeper.start(config.plugin());
                    StartupTaint taint = new StartupTaint(api, config.node());
                    Uninstallation uninstallation = new Uninstallation(api, config.podNamespace(), plugin::remove)) {
                uninstallation.start();
                Runtime.getRuntime().addShutdownHook(new Thread(uninstallation::atEnd, "uninstallation"));
                taint.removeWhenInstalled(plugin);
                // Once no pod can start past the agent. An end of this process, too, is to be the end of that page.
                try (Readiness readiness = Readiness.serve(config.readyPort(), plugin::isInstalled)) {
                    LOG.info(
                            "serving the pods of node {}; ztunnel connects at {}; ready at {}",
                            config.node(),
                            config.zdsSocket(),
                            readiness);
                    while (!Thread.currentThread().isInterrupted()) {
                        greet(ztunnels.accept(), cluster, enrolment);
                    }
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
}

package io.periplus.controlplane;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.periplus.controlplane.ca.CaException;
import io.periplus.controlplane.kube.KubeClients;
import io.periplus.controlplane.training.Training;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts a control plane from the environment and runs until the process is told to stop. */
public final class ControlPlaneMain {
    private static final Logger LOG = LoggerFactory.getLogger(ControlPlaneMain.class);
    private static final int USAGE = 2;

    /** The argument with which a build makes the AOT cache. */
    private static final String TRAINING = "aot-training";

    // It warns of every single attempt to list a kind that is not there yet; KindWatch says it once. Kept here because
    // the logging system forgets the level of a logger that nobody holds.
    private static final java.util.logging.Logger REFLECTOR =
            java.util.logging.Logger.getLogger("io.fabric8.kubernetes.client.informers.impl.cache.Reflector");

    private ControlPlaneMain() {}

    public static void main(String[] args) {
        REFLECTOR.setLevel(Level.SEVERE);
        if (args.length > 0 && args[0].equals(TRAINING)) {
            train();
            return;
        }
        ControlPlaneConfig config;
        try {
            config = ControlPlaneConfig.from(System.getenv());
        } catch (IllegalArgumentException e) {
            System.err.println("control-plane: " + e.getMessage());
            System.exit(USAGE);
            return;
        }
        try {
            Config access = KubeClients.access();
            KubernetesClient client = KubeClients.client(access);
            ControlPlane controlPlane = new ControlPlane(config, client);
            controlPlane.start();
            Runtime.getRuntime().addShutdownHook(new Thread(controlPlane::close, "shutdown"));
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (CaException | KubernetesClientException | IOException e) {
            LOG.error("the control plane cannot start: {}", e.getMessage());
            System.exit(1);
        } catch (RuntimeException e) {
            LOG.error("the control plane cannot start: {}", e.getMessage(), e);
            System.exit(1);
        }
    }

    private static void train() {
        try {
            Training.run();
            System.exit(0);
        } catch (Exception e) {
            LOG.error("training failed", e);
            System.exit(1);
        }
    }
}

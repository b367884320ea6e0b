package io.periplus.ztunnel;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the node proxy with its configuration from the environment; ends on SIGTERM or {@code /quitquitquit}. */
public final class ZtunnelMain {
    private static final Logger LOG = LoggerFactory.getLogger(ZtunnelMain.class);
    private static final int EXIT_USAGE = 2;
    private static final int EXIT_FAILED = 1;

    private ZtunnelMain() {}

    public static void main(String[] args) {
        try {
            ZtunnelConfig config = ZtunnelConfig.of(ProxyDefaults.beneath(System.getenv(), ProxyDefaults.MESH_FILE));
            Ztunnel ztunnel = new Ztunnel(config, AdminServers.Ports.STANDARD);
            Runtime.getRuntime()
                    .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(ztunnel::close));
            LOG.info("ztunnel serves node {} with {} loops", config.node(), config.threads());
            ztunnel.awaitQuit();
            System.exit(0);
        } catch (IllegalArgumentException e) {
            LOG.error("ztunnel cannot start: {}", e.getMessage());
            System.exit(EXIT_USAGE);
        } catch (IOException e) {
            LOG.error("ztunnel cannot start: {}", e.getMessage());
            System.exit(EXIT_FAILED);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

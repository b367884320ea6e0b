package io.periplus.ztunnel;

import io.periplus.linux.Signals;
import java.io.IOException;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/** Starts the node proxy with its configuration from the environment; ends on SIGTERM or {@code /quitquitquit}. */
public final class ZtunnelMain {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(ZtunnelMain.class);
    private static final int EXIT_USAGE = 2;
    private static final int EXIT_FAILED = 1;

    private ZtunnelMain() {}

    public static void main(String[] args) {
        try {
            ZtunnelConfig config = ZtunnelConfig.of(ProxyDefaults.beneath(System.getenv(), ProxyDefaults.MESH_FILE));
            Ztunnel ztunnel = new Ztunnel(config, config.ports());
            Runtime.getRuntime()
                    .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> end(ztunnel)));
            LOG.info("ztunnel serves node {} with {} loops", config.node(), config.threads());
            ztunnel.awaitQuit();
            System.exit(0);
        } catch (IllegalArgumentException e) {
            refuse(e, EXIT_USAGE);
        } catch (IOException e) {
            refuse(e, EXIT_FAILED);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** In good order, unless somebody presses Ctrl+C again. */
    private static void end(Ztunnel ztunnel) {
        try {
            Signals.endAtOnceOn(Signals.INTERRUPT);
        } catch (IOException e) {
            LOG.warn("a second interrupt will not end the process at once: {}", e.getMessage());
        }
        ztunnel.close();
    }

    private static void refuse(Exception why, int code) {
        LOG.error("ztunnel cannot start: {}", why.getMessage());
        // Lines are written by a thread that the exit would not wait for.
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.flush();
        }
        System.exit(code);
    }
}

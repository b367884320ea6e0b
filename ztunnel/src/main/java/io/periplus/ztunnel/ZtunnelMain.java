package io.periplus.ztunnel;

import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the node proxy with its configuration from the environment; ends on SIGTERM. */
public final class ZtunnelMain {
    private static final Logger LOG = LoggerFactory.getLogger(ZtunnelMain.class);

    private ZtunnelMain() {}

    public static void main(String[] args) {
        ZtunnelConfig config;
        try {
            config = ZtunnelConfig.of(System.getenv());
        } catch (IllegalArgumentException e) {
            LOG.error("ztunnel cannot start: {}", e.getMessage());
            System.exit(2);
            return;
        }
        Ztunnel ztunnel = new Ztunnel(config, new FlowReports());
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            ztunnel.close();
            ended.countDown();
        }));
        LOG.info("ztunnel serves node {} with {} loops", config.node(), config.threads());
        try {
            ended.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.periplus.waypoint;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From start to end of a proxy's process. */
final class ProxyMain {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyMain.class);
    private static final int MISCONFIGURED = 2;

    private ProxyMain() {}

    static void run(ProxyKind kind) {
        CountDownLatch quit = new CountDownLatch(1);
        try {
            ProxyProcess process =
                    new ProxyProcess(ProxyConfig.of(kind, System.getenv()), Ports.STANDARD, quit::countDown);
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(process::close));
            quit.await();
            System.exit(0);
        } catch (IllegalArgumentException | IOException e) {
            LOG.error("{} cannot start: {}", kind, e.getMessage());
            System.exit(MISCONFIGURED);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

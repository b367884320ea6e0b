package io.periplus.waypoint;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts a waypoint with its configuration from the environment; ends on SIGTERM. */
public final class WaypointMain {
    private static final Logger LOG = LoggerFactory.getLogger(WaypointMain.class);
    private static final int MISCONFIGURED = 2;

    private WaypointMain() {}

    /** The process's entry point; {@code args} are those of upstream's proxy and say nothing that the environment does not. */
    public static void main(String[] args) {
        CountDownLatch quit = new CountDownLatch(1);
        try {
            WaypointProcess process =
                    new WaypointProcess(WaypointConfig.of(System.getenv()), Ports.STANDARD, quit::countDown);
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(process::close));
            quit.await();
            System.exit(0);
        } catch (IllegalArgumentException | IOException e) {
            LOG.error("waypoint cannot start: {}", e.getMessage());
            System.exit(MISCONFIGURED);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.periplus.nodeagent;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the plugin installed while the agent runs: other programs write the node's network configuration, too, and know nothing
 * of those who are chained into it. When the agent ends the plugin stays, so that no pod starts past the agent that comes next.
 */
final class PluginKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PluginKeeper.class);

    /** For what the watch misses: a directory that was replaced as a whole, or a full queue. */
    private static final long LOOK_SECONDS = 10;

    private final PluginInstallation installation;
    private final List<Path> directories;
    private final CountDownLatch installed = new CountDownLatch(1);
    /** As of the last look. */
    private volatile boolean present;
    /** Held while the node's files are written: they are kept or removed, not both at once. */
    private final ReentrantLock files = new ReentrantLock();

    private final WatchService watch;
    private boolean removed;
    private String trouble = "";

    private PluginKeeper(PluginInstallation installation, List<Path> directories, WatchService watch) {
        this.installation = installation;
        this.directories = directories;
        this.watch = watch;
    }

    /** Installs the plugin, now or as soon as that is possible, and goes on watching over it. */
    static PluginKeeper start(PluginSettings settings) throws IOException {
        PluginKeeper keeper = new PluginKeeper(
                new PluginInstallation(settings),
                List.of(settings.configurations(), settings.binaries()),
                FileSystems.getDefault().newWatchService());
        Thread.ofPlatform().daemon().name("cni-plugin").start(keeper::run);
        return keeper;
    }

    /** Whether it was there, or could be put there, when it was looked for last. */
    boolean isInstalled() {
        return present;
    }

    void awaitInstalled() throws InterruptedException {
        installed.await();
    }

    private void run() {
        try {
            while (keep()) {
                register();
                // What changed between the last look and the registration is seen now, the rest by the watch.
                keep();
                WatchKey key = watch.poll(LOOK_SECONDS, TimeUnit.SECONDS);
                if (key != null) {
                    key.pollEvents();
                    key.reset();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ClosedWatchServiceException e) {
            LOG.debug("the CNI plugin is no longer watched over");
        }
    }

    private void register() {
        for (Path directory : directories) {
            try {
                directory.register(
                        watch,
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_MODIFY,
                        StandardWatchEventKinds.ENTRY_DELETE);
            } catch (IOException e) {
                LOG.debug("{} cannot be watched; it is looked at every {} s", directory, LOOK_SECONDS, e);
            }
        }
    }

    /** False once the plugin is to stay away. */
    private boolean keep() {
        files.lock();
        try {
            if (!removed && installation.ensure()) {
                LOG.info("the CNI plugin is installed in {}", directories);
            }
            present = true;
            installed.countDown();
            trouble = "";
        } catch (IOException | RuntimeException e) {
            // Directories that cannot be read to their end, and files that are not what they seem, are no IOException.
            present = false;
            if (!trouble.equals(e.toString())) {
                trouble = e.toString();
                LOG.warn("the CNI plugin is not installed: {}; looking again at every change", e.getMessage());
            }
        } finally {
            files.unlock();
        }
        return !removed;
    }

    /** Takes the plugin off the node for good. */
    void remove() {
        files.lock();
        try {
            if (!removed) {
                removed = true;
                installation.remove();
                LOG.info("the CNI plugin is removed from {}", directories);
            }
        } catch (IOException e) {
            LOG.error(
                    "the CNI plugin was not removed, and no pod can start on this node until somebody takes it out of {}",
                    directories,
                    e);
        } finally {
            files.unlock();
        }
    }

    /** Stops watching; the plugin stays. */
    @Override
    public void close() throws IOException {
        watch.close();
    }
}

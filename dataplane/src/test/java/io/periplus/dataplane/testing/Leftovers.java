package io.periplus.dataplane.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a test must not leave behind: descriptors of sockets, epoll instances, pipes and namespaces, and buffers that were
 * dropped without being released. Opened before the test begins, closed after everything of it was closed.
 */
public final class Leftovers implements AutoCloseable {
    private static final Logger DETECTOR = Logger.getLogger("io.netty.util.ResourceLeakDetector");
    /** An event loop shows as its eventfd; what else polls is the JDK's own. */
    private static final List<String> KINDS = List.of("socket:", "[eventfd]", "pipe:", "net:");

    /** The JDK opens and keeps a few of its own; what leaks, leaks with every connection, and tests make more than that. */
    private static final int FEW = 4;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<String> leaks = new CopyOnWriteArrayList<>();
    private final Handler listener = new Handler() {
        @Override
        public void publish(LogRecord record) {
            leaks.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private final ResourceLeakDetector.Level normal = ResourceLeakDetector.getLevel();
    private final Set<String> before;

    /** Follows every buffer. */
    public Leftovers() {
        this(ResourceLeakDetector.Level.PARANOID);
    }

    private Leftovers(ResourceLeakDetector.Level level) {
        ResourceLeakDetector.setLevel(level);
        DETECTOR.addHandler(listener);
        before = descriptors();
    }

    /** Follows one buffer in 128, for tests with so much work that following every one would be most of it. */
    public static Leftovers sampled() {
        return new Leftovers(ResourceLeakDetector.Level.ADVANCED);
    }

    /** Sockets, epoll instances, pipes and namespaces that this process has open. */
    private static Set<String> descriptors() {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.map(Leftovers::target).filter(Leftovers::counts).collect(Collectors.toCollection(HashSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean counts(String descriptor) {
        return KINDS.stream().anyMatch(descriptor::contains);
    }

    /** Number and what it is; sockets, pipes and namespaces have a number of their own, too. */
    private static String target(Path descriptor) {
        try {
            return descriptor.getFileName() + " " + Files.readSymbolicLink(descriptor);
        } catch (IOException _) {
            // The one that lists them.
            return "";
        }
    }

    @Override
    public void close() {
        try {
            await().atMost(PATIENCE).untilAsserted(() -> {
                Set<String> left = descriptors();
                left.removeAll(before);
                assertThat(left).as("descriptors that were not closed").hasSizeLessThanOrEqualTo(FEW);
            });
            // Netty notices a lost buffer when it allocates after a collection.
            System.gc();
            for (int i = 0; i < 200; i++) {
                ByteBufAllocator.DEFAULT.directBuffer().release();
            }
            assertThat(leaks).as("lost buffers").isEmpty();
        } finally {
            DETECTOR.removeHandler(listener);
            ResourceLeakDetector.setLevel(normal);
        }
    }
}

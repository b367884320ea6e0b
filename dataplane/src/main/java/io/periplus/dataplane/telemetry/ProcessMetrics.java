package io.periplus.dataplane.telemetry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What every process tells of itself: descriptors, resident memory, its version. */
public final class ProcessMetrics {
    private static final Path SELF = Path.of("/proc/self");
    private static final int KIBIBYTE = 1024;

    private ProcessMetrics() {}

    /**
     * Registers the metrics.
     *
     * @param component {@code ztunnel} or {@code waypoint}
     */
    public static void register(MetricsRegistry metrics, String component, String version) {
        metrics.gauge("istio_build", "Istio component build info", "component", "tag")
                .with(component, version)
                .increment();
        metrics.gauge("process_open_fds", "Number of open file descriptors", ProcessMetrics::openDescriptors);
        metrics.gauge(
                "process_max_fds",
                "Maximum number of open file descriptors",
                () -> field("limits", "Max open files", 3));
        metrics.gauge(
                "process_resident_memory_bytes",
                "Resident memory size in bytes",
                () -> field("status", "VmRSS:", 1) * KIBIBYTE);
    }

    private static double openDescriptors() {
        try (Stream<Path> descriptors = Files.list(SELF.resolve("fd"))) {
            return descriptors.count();
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    private static double field(String file, String line, int column) {
        try {
            List<String> lines = Files.readAllLines(SELF.resolve(file));
            for (String text : lines) {
                if (text.startsWith(line)) {
                    return Double.parseDouble(text.split("\\s+")[column]);
                }
            }
            return Double.NaN;
        } catch (IOException | NumberFormatException e) {
            return Double.NaN;
        }
    }
}

package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Finds a pod's network namespace through its processes: the kubelet puts every container into a cgroup whose path names
 * the pod's uid. Of several processes the oldest counts, which is the sandbox where there is one.
 */
record PodNamespaces(Path proc) {
    /** Field of {@code /proc/<pid>/stat}, counted after the command's closing bracket: start time in clock ticks. */
    private static final int START_TIME_FIELD = 19;

    /** The opened namespace, owned by the caller, or null if no process of the pod is found. */
    @Nullable
    NetworkNamespace open(NodePod pod) throws IOException {
        NetworkNamespace namespace = open(pod.uid());
        String uid = pod.staticUid();
        // That it runs says the kubelet, which runs no pod that only claims to be a static one's mirror.
        return namespace == null && uid != null && pod.runs() ? open(uid) : namespace;
    }

    private @Nullable NetworkNamespace open(String podUid) throws IOException {
        String dashes = "pod" + podUid;
        String underscores = "pod" + podUid.replace('-', '_');
        Path oldest = null;
        long oldestStart = Long.MAX_VALUE;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                String cgroup = read(process.resolve("cgroup"));
                if (cgroup.contains(dashes) || cgroup.contains(underscores)) {
                    long start = startTime(read(process.resolve("stat")));
                    if (start < oldestStart) {
                        oldest = process;
                        oldestStart = start;
                    }
                }
            }
        }
        return oldest == null ? null : NetworkNamespace.open(oldest.resolve("ns/net"));
    }

    /** Empty when the process ended meanwhile. */
    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static long startTime(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return fields.length > START_TIME_FIELD ? Long.parseLong(fields[START_TIME_FIELD]) : Long.MAX_VALUE;
    }
}

package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A pod whose processes are killed, and what is known of its restarts. */
record Victim(Cluster cluster, String namespace, String selector) {
    /** SIGKILL from outside, for every process of the pod: a container's first process cannot be killed from inside. */
    void kill() throws IOException {
        String uid = status("{.items[0].metadata.uid}");
        List<String> victims = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (belongsTo(process, uid)) {
                    victims.add(process.getFileName().toString());
                }
            }
        }
        assertThat(victims).as("processes of pod %s", uid).isNotEmpty();
        Command.of("kill", "-9").plus(victims.toArray(String[]::new)).run();
    }

    int restarts() {
        return Integer.parseInt(status("{.items[0].status.containerStatuses[0].restartCount}"));
    }

    boolean isReady() {
        return Boolean.parseBoolean(status("{.items[0].status.containerStatuses[0].ready}"));
    }

    private String status(String path) {
        return cluster.kubectl("get", "pods", "-n", namespace, "-l", selector, "-o", "jsonpath=" + path)
                .run()
                .succeeds()
                .out();
    }

    /** Whether a process runs in a container of the pod. */
    static boolean belongsTo(Path process, String podUid) {
        try {
            return Files.readString(process.resolve("cgroup")).contains("pod" + podUid);
        } catch (IOException e) {
            return false;
        }
    }
}

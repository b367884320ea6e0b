package io.periplus.lab.lifecycle;

import java.nio.file.Path;
import java.util.List;

/** Where things are in a lab's state directory. */
public record LabDirectory(Path root) {
    public Path kubeconfig() {
        return root.resolve("kubeconfig");
    }

    /**
     * Everything that a lab and its installation keep here, and all that may be deleted: the directory was named by a
     * user, who may have other things in it.
     */
    List<Path> entries() {
        return List.of(
                kubeconfig(),
                log(),
                images(),
                root.resolve("clusters"),
                root.resolve("mesh-root"),
                lock(),
                socket(),
                settings(),
                traces());
    }

    /** What the lab process writes about itself. */
    public Path log() {
        return root.resolve("lab.log");
    }

    /** Definitions of local images, one JSON file each. */
    public Path images() {
        return root.resolve("images");
    }

    public Path cluster(String name) {
        return root.resolve("clusters").resolve(name);
    }

    Path lock() {
        return root.resolve("lab.lock");
    }

    Path socket() {
        return root.resolve("lab.sock");
    }

    /** Settings that the next start uses again. */
    Path settings() {
        return root.resolve("lab.json");
    }

    /** Present while a lab runs, or after it was killed. */
    Path traces() {
        return root.resolve("running.json");
    }
}

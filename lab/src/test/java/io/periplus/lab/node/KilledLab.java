package io.periplus.lab.node;

import java.io.IOException;
import java.nio.file.Path;

/** A lab process to be killed: starts a node with a pod, says the cluster's name, and waits. */
final class KilledLab {
    private KilledLab() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        NodeFixture lab = new NodeFixture(Path.of(args[0]));
        lab.apply("""
                kind: Pod
                metadata: {name: survivor}
                spec: {containers: [{name: main, image: busybox, command: [sleep, infinity]}]}
                """);
        lab.awaitReady("survivor");
        System.out.println(lab.config.cluster());
        Thread.currentThread().join();
    }
}

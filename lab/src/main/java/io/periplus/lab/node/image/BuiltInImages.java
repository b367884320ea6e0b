package io.periplus.lab.node.image;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Stand-ins for images that samples and test suites name, made of programs that are on every Debian machine and of main
 * classes of the lab itself.
 */
final class BuiltInImages {
    /** An idle container: what {@code /pause} is elsewhere. */
    private static final List<String> SHELL = List.of("/bin/sh");

    private BuiltInImages() {}

    static List<ImageDefinition> all() {
        return List.of(
                ImageDefinition.of(
                        List.of("curlimages/curl:*", "quay.io/curl/curl:*", "alpine/curl:*"),
                        List.of(),
                        List.of("curl")),
                ImageDefinition.of(
                        List.of("busybox:*", "alpine:*", "debian:*", "ubuntu:*", "bash:*", "nicolaka/netshoot:*"),
                        List.of(),
                        SHELL),
                ImageDefinition.of(List.of("registry.k8s.io/pause:*"), List.of("sleep", "infinity"), List.of()),
                lab(List.of("hashicorp/http-echo:*"), "io.periplus.lab.node.image.HttpEcho"));
    }

    /** An image that runs a main class of the lab in a JVM made to be small. */
    private static ImageDefinition lab(List<String> names, String mainClass) {
        String java = Path.of(System.getProperty("java.home")).toString();
        String classes = codeSource();
        return new ImageDefinition(
                names,
                List.of(
                        java + "/bin/java",
                        "-Xmx16m",
                        "-Xss256k",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:ReservedCodeCacheSize=8m",
                        "-XX:-UsePerfData",
                        "-Xshare:auto",
                        "-cp",
                        classes,
                        mainClass),
                List.of(),
                Map.of("MALLOC_ARENA_MAX", "1"),
                "",
                "",
                List.of(java, classes));
    }

    private static String codeSource() {
        return Path.of(java.net.URI.create(BuiltInImages.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
                .toString();
    }
}

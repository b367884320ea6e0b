package io.periplus.ztunnel;

import io.periplus.ztunnel.local.FakeAuthority;
import io.periplus.ztunnel.local.LocalMesh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy has instead of a control plane, an authority and a node agent; by default none of it.
 *
 * @param meshFile YAML with workloads, services and policies; {@code null} for none
 * @param mesh the same as text; {@code null} for none
 * @param controlPlane whether there is a control plane
 * @param fakeAuthority {@code true} for an authority of its own, else the file with its key; {@code null} for a real one
 * @param pod the only one that is served, in the process's own namespace; {@code null} for those that the node agent names
 */
record Standalone(
        @Nullable Path meshFile,
        @Nullable String mesh,
        boolean controlPlane,
        @Nullable String fakeAuthority,
        @Nullable Pod pod) {

    /** @throws IllegalArgumentException naming the variable that cannot be used */
    static Standalone of(Environment env) {
        Path file = env.path("LOCAL_XDS_PATH", "");
        String text = env.optional("LOCAL_XDS");
        if (file != null && text != null) {
            throw new IllegalArgumentException("LOCAL_XDS: %s (expected: nothing, since LOCAL_XDS_PATH is set)"
                    .formatted(text.lines().findFirst().orElse("")));
        }
        boolean local = file != null || text != null;
        boolean controlPlane = !local || env.optional("XDS_ADDRESS") != null;
        String fake = env.optional("FAKE_CA");
        String authority = "false".equals(fake) ? null : fake;
        if (!controlPlane && authority == null && env.optional("CA_ADDRESS") == null) {
            throw new IllegalArgumentException(
                    "FAKE_CA: nothing (expected: true or a file, since without a control plane nobody issues certificates)");
        }
        return new Standalone(file, text, controlPlane, authority, dedicated(env));
    }

    private static @Nullable Pod dedicated(Environment env) {
        String mode = env.text("PROXY_MODE", "shared");
        if (mode.equals("shared")) {
            return null;
        }
        if (!mode.equals("dedicated")) {
            throw new IllegalArgumentException("PROXY_MODE: %s (expected: shared or dedicated)".formatted(mode));
        }
        String info = env.text("PROXY_WORKLOAD_INFO", "");
        String[] parts = info.split("/", -1);
        if (parts.length != 3 || parts[0].isEmpty() || parts[1].isEmpty() || parts[2].isEmpty()) {
            throw new IllegalArgumentException(
                    "PROXY_WORKLOAD_INFO: %s (expected: namespace/name/service-account)".formatted(info));
        }
        return new Pod("dedicated", parts[0], parts[1], parts[2]);
    }

    /**
     * Reads the mesh; {@code null} if there is none here.
     *
     * @throws IOException if the file cannot be read, or used
     */
    @Nullable
    LocalMesh read() throws IOException {
        Path file = meshFile;
        String text = file == null ? mesh : Files.readString(file);
        try {
            return text == null ? null : LocalMesh.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IOException((file == null ? "LOCAL_XDS" : file) + ": " + e.getMessage(), e);
        }
    }

    /**
     * The fake authority; {@code null} for a real one.
     *
     * @throws IOException if its file can be neither read nor made
     */
    @Nullable
    FakeAuthority authority(Duration lifetime) throws IOException {
        return switch (fakeAuthority) {
            case null -> null;
            case "true" -> FakeAuthority.own(lifetime);
            case String file -> FakeAuthority.shared(Path.of(file), lifetime);
        };
    }
}

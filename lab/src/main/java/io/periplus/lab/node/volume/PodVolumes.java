package io.periplus.lab.node.volume;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.lab.node.TokenSource;
import io.periplus.lab.node.container.Mount;
import io.periplus.lab.node.pod.PodFacts;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The volumes of one pod. Used by the pod's worker only. */
public final class PodVolumes {
    private final Path directory;
    private final Path hostRoot;
    private final ProjectedFiles projected;
    private final Map<String, AtomicWriter> writers = new HashMap<>();
    private final Map<String, Path> sources = new HashMap<>();

    /**
     * @param directory the pod's, for what lives as long as the pod
     * @param hostRoot the node's own directory tree, where hostPath volumes lie
     */
    public PodVolumes(Path directory, Path hostRoot, ObjectStore store, TokenSource tokens) {
        this.directory = directory;
        this.hostRoot = hostRoot;
        this.projected = new ProjectedFiles(store, tokens);
    }

    /**
     * Makes the volumes, or brings the content of those that are derived from objects up to date.
     *
     * @throws VolumeException if something that a volume needs is not there
     */
    public void update(PodFacts facts) throws VolumeException, IOException {
        int group = Json.at(facts.pod(), "spec", "securityContext", "fsGroup").asInt(-1);
        for (JsonNode volume : Json.at(facts.pod(), "spec", "volumes")) {
            String name = volume.path("name").asText();
            Map<String, FilePayload> files = projected.of(facts, volume);
            if (files != null) {
                Path path = directory.resolve(name);
                Files.createDirectories(path);
                writers.computeIfAbsent(name, key -> new AtomicWriter(path, group))
                        .write(files);
                sources.put(name, path.toRealPath());
            } else if (!sources.containsKey(name)) {
                sources.put(name, plain(name, volume, group));
            }
        }
    }

    private Path plain(String name, JsonNode volume, int group) throws VolumeException, IOException {
        if (volume.has("emptyDir") || volume.path("ephemeral").isObject()) {
            Path path = Files.createDirectories(directory.resolve(name));
            Files.setAttribute(path, "unix:mode", group >= 0 ? 042777 : 040777);
            if (group >= 0) {
                Files.setAttribute(path, "unix:gid", group);
            }
            return path.toRealPath();
        }
        if (volume.has("hostPath")) {
            return HostPath.resolve(hostRoot, volume.path("hostPath"));
        }
        throw new VolumeException("volume " + name + " is of a kind that lab nodes do not have: "
                + volume.properties().stream()
                        .map(Map.Entry::getKey)
                        .filter(key -> !key.equals("name"))
                        .toList()
                + "; use emptyDir, configMap, secret, downwardAPI, projected or hostPath");
    }

    /** The mounts that {@code container} asks for, parents before what lies below them. */
    public List<Mount> mounts(JsonNode container, Map<String, String> environment) throws VolumeException, IOException {
        List<Mount> mounts = new ArrayList<>();
        for (JsonNode wanted : container.path("volumeMounts")) {
            String volume = wanted.path("name").asText();
            Path source = sources.get(volume);
            if (source == null) {
                throw new VolumeException("volumeMounts names volume \"" + volume + "\", which the pod does not have");
            }
            String below = wanted.path("subPath").asText("");
            if (wanted.hasNonNull("subPathExpr")) {
                below = io.periplus.lab.node.pod.Expansion.expand(
                        wanted.path("subPathExpr").asText(), environment);
            }
            if (!below.isEmpty()) {
                source = subPath(source, below);
            }
            mounts.add(new Mount(
                    source,
                    wanted.path("mountPath").asText(),
                    wanted.path("readOnly").asBoolean() || writers.containsKey(volume)));
        }
        mounts.sort(java.util.Comparator.comparing(Mount::target));
        return mounts;
    }

    private static Path subPath(Path source, String below) throws VolumeException, IOException {
        Path path = source.resolve(below).normalize();
        if (!path.startsWith(source)) {
            throw new VolumeException("subPath " + below + " leads out of its volume");
        }
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(path);
        }
        return path.toRealPath();
    }
}

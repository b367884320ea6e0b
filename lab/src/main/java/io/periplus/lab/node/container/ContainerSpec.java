package io.periplus.lab.node.container;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Everything a container is started from.
 *
 * @param name for messages: {@code namespace/pod/container}
 * @param directory the container's own, for its script and as the mount point of its scratch space
 * @param cgroup the group its processes live in
 * @param networkNamespace file of the namespace it joins
 * @param devices directory to show as {@code /dev}
 * @param etc files to write below {@code /etc}, by name
 * @param command program and arguments
 * @param log where its output goes
 * @param input whether somebody may type; otherwise standard input is empty
 * @param terminal whether the standard streams are a terminal
 */
public record ContainerSpec(
        String name,
        Path directory,
        Cgroup cgroup,
        Path networkNamespace,
        boolean hostPid,
        String hostname,
        Path devices,
        Map<String, String> etc,
        List<Mount> mounts,
        List<String> command,
        Map<String, String> environment,
        String workingDirectory,
        Privileges privileges,
        Path log,
        boolean input,
        boolean terminal) {}

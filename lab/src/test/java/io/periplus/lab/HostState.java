package io.periplus.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Everything about this machine that a lab must leave as it was. Network namespaces and their mounts count only if
 * they bear the lab's own prefix: other programs may come and go meanwhile.
 */
record HostState(Map<String, String> parts) {
    static HostState now(String labPrefix) throws IOException, InterruptedException {
        var parts = new LinkedHashMap<String, String>();
        for (List<String> command : List.of(
                List.of("ip", "-j", "addr"),
                List.of("ip", "-j", "route", "show", "table", "all"),
                List.of("ip", "-j", "rule"),
                List.of("nft", "list", "ruleset"),
                List.of("ip", "netns"))) {
            parts.put(String.join(" ", command), run(command));
        }
        parts.computeIfPresent("ip netns", (command, list) -> own(list, labPrefix));
        parts.computeIfPresent(
                "ip -j addr", (command, text) -> text.replaceAll("\"(valid|preferred)_life_time\":\\d+", ""));
        parts.put(
                "mounts",
                Files.readAllLines(Path.of("/proc/self/mounts")).stream()
                        .filter(line -> !line.contains("/netns/") || line.contains("/netns/plab-" + labPrefix))
                        .collect(Collectors.joining("\n")));
        return new HostState(parts);
    }

    private static String own(String list, String prefix) {
        return list.lines().filter(line -> line.startsWith("plab-" + prefix)).collect(Collectors.joining("\n"));
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}

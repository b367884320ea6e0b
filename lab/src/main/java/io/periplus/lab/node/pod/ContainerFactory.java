package io.periplus.lab.node.pod;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.lab.node.container.ContainerSpec;
import io.periplus.lab.node.container.Mount;
import io.periplus.lab.node.container.Privileges;
import io.periplus.lab.node.image.ImageDefinition;
import io.periplus.lab.node.net.NodeNetwork;
import io.periplus.lab.node.volume.PodVolumes;
import io.periplus.lab.node.volume.VolumeException;
import io.periplus.lab.store.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** Turns a container of a pod's specification into what can be started. */
final class ContainerFactory {
    private final NodeContext node;
    private final Environment environment;

    ContainerFactory(NodeContext node) {
        this.node = node;
        this.environment =
                new Environment(node.store(), node.config().serviceCidr().address(1));
    }

    /**
     * @throws VolumeException if the specification refers to what is not there, or cannot be carried out
     */
    ContainerSpec create(PodFacts facts, JsonNode container, ImageDefinition image, PodVolumes volumes, int attempt)
            throws VolumeException, IOException {
        JsonNode pod = facts.pod().path("spec");
        String name = container.path("name").asText();
        boolean hostNetwork = pod.path("hostNetwork").asBoolean();
        String hostname =
                hostNetwork ? node.config().name() : pod.path("hostname").asText(facts.name());
        Map<String, String> variables = environment.of(facts, container, image, hostname);
        List<Mount> mounts = new ArrayList<>();
        for (String path : image.paths()) {
            mounts.add(new Mount(Path.of(path), path, true));
        }
        mounts.addAll(volumes.mounts(container, variables));
        // Outer ones first, so that none hides another: a volume at /tmp comes before an image's program below /tmp.
        mounts.sort(Comparator.comparingInt(mount -> Path.of(mount.target()).getNameCount()));
        Path directory = node.podDirectory(facts.uid()).resolve("containers").resolve(name);
        Files.createDirectories(directory);
        return new ContainerSpec(
                facts.namespace() + "/" + facts.name() + "/" + name,
                directory.toRealPath(),
                node.cgroup().pod(facts.uid()).child(name),
                hostNetwork
                        ? node.network().file()
                        : NodeNetwork.NAMESPACES.resolve(node.config().podNamespace(facts.uid())),
                pod.path("hostPID").asBoolean(),
                hostname.length() > 63 ? hostname.substring(0, 63) : hostname,
                node.devices(),
                etc(facts, hostname),
                mounts,
                command(container, image, variables),
                variables,
                container.path("workingDir").asText(image.workingDirectory()),
                privileges(pod, container, image),
                node.logFile(facts, name, attempt),
                container.path("stdin").asBoolean(),
                container.path("tty").asBoolean());
    }

    private static List<String> command(JsonNode container, ImageDefinition image, Map<String, String> variables)
            throws VolumeException {
        List<String> command = new ArrayList<>();
        boolean own = !container.path("command").isEmpty();
        command.addAll(own ? Json.texts(container.path("command")) : image.entrypoint());
        command.addAll(
                !container.path("args").isEmpty() ? Json.texts(container.path("args")) : own ? List.of() : image.cmd());
        if (command.isEmpty()) {
            throw new VolumeException("no command specified");
        }
        command.replaceAll(word -> Expansion.expand(word, variables));
        return command;
    }

    private Map<String, String> etc(PodFacts facts, String hostname) {
        Map<String, String> files = new LinkedHashMap<>();
        JsonNode pod = facts.pod().path("spec");
        StringBuilder hosts = new StringBuilder("""
                # Kubernetes-managed hosts file.
                127.0.0.1\tlocalhost
                ::1\tlocalhost ip6-localhost ip6-loopback
                """);
        String subdomain = pod.path("subdomain").asText("");
        hosts.append(facts.podIp()).append('\t');
        if (!subdomain.isEmpty()) {
            hosts.append("%s.%s.%s.svc.%s\t"
                    .formatted(
                            hostname,
                            subdomain,
                            facts.namespace(),
                            node.config().clusterDomain()));
        }
        hosts.append(hostname).append('\n');
        for (JsonNode alias : pod.path("hostAliases")) {
            hosts.append(alias.path("ip").asText())
                    .append('\t')
                    .append(String.join("\t", Json.texts(alias.path("hostnames"))))
                    .append('\n');
        }
        files.put("hosts", hosts.toString());
        files.put("hostname", hostname + "\n");
        files.put("resolv.conf", resolvConf(facts));
        files.put("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n");
        return files;
    }

    private String resolvConf(PodFacts facts) {
        JsonNode pod = facts.pod().path("spec");
        JsonNode own = pod.path("dnsConfig");
        boolean none = pod.path("dnsPolicy").asText().equals("None");
        List<String> search = new ArrayList<>(none ? List.of() : node.config().searchDomains(facts.namespace()));
        search.addAll(Json.texts(own.path("searches")));
        List<String> servers =
                new ArrayList<>(none ? List.of() : List.of(node.config().dnsAddress()));
        servers.addAll(Json.texts(own.path("nameservers")));
        Map<String, String> options = new LinkedHashMap<>();
        if (!none) {
            options.put("ndots", "5");
        }
        own.path("options")
                .forEach(option -> options.put(
                        option.path("name").asText(), option.path("value").asText("")));
        StringBuilder text = new StringBuilder();
        if (!search.isEmpty()) {
            text.append("search ").append(String.join(" ", search)).append('\n');
        }
        servers.forEach(server -> text.append("nameserver ").append(server).append('\n'));
        if (!options.isEmpty()) {
            text.append("options");
            options.forEach((key, value) -> text.append(' ').append(key).append(value.isEmpty() ? "" : ":" + value));
            text.append('\n');
        }
        return text.toString();
    }

    private static Privileges privileges(JsonNode pod, JsonNode container, ImageDefinition image)
            throws VolumeException {
        JsonNode ofPod = pod.path("securityContext");
        JsonNode own = container.path("securityContext");
        String[] imageUser = image.user().split(":", 2);
        int user = first(own, ofPod, "runAsUser", number(imageUser[0]));
        int group = first(own, ofPod, "runAsGroup", imageUser.length > 1 ? number(imageUser[1]) : 0);
        boolean nonRoot =
                own.path("runAsNonRoot").asBoolean(ofPod.path("runAsNonRoot").asBoolean());
        if (nonRoot && user == 0) {
            throw new VolumeException("container has runAsNonRoot and image will run as root");
        }
        TreeSet<Integer> groups = new TreeSet<>();
        ofPod.path("supplementalGroups").forEach(number -> groups.add(number.asInt()));
        if (ofPod.has("fsGroup")) {
            groups.add(ofPod.path("fsGroup").asInt());
        }
        TreeSet<String> capabilities = new TreeSet<>(Privileges.DEFAULT_CAPABILITIES);
        Json.texts(own.path("capabilities").path("drop")).forEach(dropped -> {
            if (dropped.equalsIgnoreCase("ALL")) {
                capabilities.clear();
            }
            capabilities.remove(capability(dropped));
        });
        Json.texts(own.path("capabilities").path("add")).forEach(added -> capabilities.add(capability(added)));
        if (own.path("privileged").asBoolean()) {
            capabilities.add("all");
        }
        return new Privileges(
                user,
                group,
                List.copyOf(groups),
                List.copyOf(capabilities),
                own.has("allowPrivilegeEscalation")
                        && !own.path("allowPrivilegeEscalation").asBoolean(),
                own.path("readOnlyRootFilesystem").asBoolean());
    }

    private static int first(JsonNode own, JsonNode ofPod, String field, int otherwise) {
        return own.path(field).asInt(ofPod.path(field).asInt(otherwise));
    }

    private static int number(String text) {
        return text.isEmpty() ? 0 : Integer.parseInt(text);
    }

    private static String capability(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.startsWith("cap_") ? lower.substring(4) : lower;
    }
}

package io.periplus.lab.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ResourceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CNI plugins that somebody chained behind the node's own network. Needs root. */
class ChainedPluginTest {
    /** Agrees once there is a file {@code /run/agreed} on the node; writes down how it is called. */
    private static final String GATE = """
            #!/bin/sh
            mkdir -p /run/calls
            n=$(ls /run/calls | wc -l)
            env > /run/calls/$n
            ip -br link >> /run/calls/$n
            nsenter --net="$CNI_NETNS" ip -4 -o address show dev eth0 > /run/calls/address
            cat > /run/input
            [ "$CNI_COMMAND" = DEL ] && exit
            if [ -e /run/agreed ]; then
                echo '{"cniVersion":"1.0.0","gate":"open"}'
            else
                echo '{"cniVersion":"1.0.0","code":11,"msg":"the gate is shut","details":"ask its keeper"}'
                exit 1
            fi
            """;

    @TempDir
    Path directory;

    private NodeFixture lab;
    private Path root;

    @BeforeEach
    void start() throws IOException {
        lab = new NodeFixture(directory);
        root = lab.config.directory().resolve("root");
    }

    @AfterEach
    void stop() throws IOException {
        lab.close();
        assertThat(NodeCleanup.isNeeded(lab.config.cluster())).isFalse();
    }

    @Test
    void aPodStartsWhenAllPluginsAgreeAndSaysUntilThenWhoDoesNot() throws Exception {
        chain("gate", GATE);
        lab.apply("""
                kind: Pod
                metadata: {name: patient}
                spec:
                  initContainers: [{name: first, image: busybox, command: [sh, -c, "echo started"]}]
                  containers: [{name: main, image: busybox, command: [sleep, infinity]}]
                """);
        await().until(() -> messages().stream().anyMatch(message -> message.contains("the gate is shut")));
        assertThat(messages())
                .contains("FailedCreatePodSandBox Failed to create pod sandbox: plugin type=\"gate\" failed (add):"
                        + " the gate is shut; ask its keeper");
        ObjectNode waiting = lab.pod("patient");
        assertThat(Json.text(waiting, "status", "phase")).isEqualTo("Pending");
        assertThat(Json.at(waiting, "status", "initContainerStatuses")
                        .path(0)
                        .at("/state/waiting")
                        .isObject())
                .isTrue();
        assertThat(lab.config.directory().resolve("logs")).doesNotExist();

        Files.createFile(root.resolve("run/agreed"));
        ObjectNode pod = lab.awaitReady("patient");
        assertThat(Files.readString(root.resolve("run/calls/address")))
                .contains(Json.text(pod, "status", "podIP") + "/32");
        JsonNode input = new ObjectMapper().readTree(Files.readString(root.resolve("run/input")));
        assertThat(input.path("name").asText()).isEqualTo("lab");
        assertThat(input.path("setting").asInt()).isEqualTo(7);
        assertThat(input.at("/prevResult/ips/0/address").asText()).isEqualTo(Json.text(pod, "status", "podIP") + "/32");
        String call = Files.readString(root.resolve("run/calls/0"));
        assertThat(call)
                .contains("CNI_COMMAND=ADD\n", "CNI_IFNAME=eth0\n", "cni0")
                .contains("K8S_POD_NAMESPACE=accounts;K8S_POD_NAME=patient;")
                .contains("K8S_POD_UID=" + Meta.uid(pod));

        lab.store.delete(ResourceType.POD, "accounts", "patient", 0L, null);
        // The object goes first; the plugin is asked when the pod's processes have ended.
        await().ignoreExceptions().untilAsserted(() -> {
            JsonNode last = new ObjectMapper().readTree(Files.readString(root.resolve("run/input")));
            assertThat(last.at("/prevResult/gate").asText())
                    .as("DEL is given the result of ADD")
                    .isEqualTo("open");
        });
    }

    @Test
    void aPluginThatIsNotThereKeepsPodsFromStartingExceptThoseInTheNodesOwnNetwork() throws Exception {
        chain("gate", GATE);
        Files.delete(root.resolve("opt/cni/bin/gate"));
        for (boolean hostNetwork : new boolean[] {true, false}) {
            lab.apply("""
                    kind: Pod
                    metadata: {name: host-%1$s}
                    spec:
                      hostNetwork: %1$s
                      containers: [{name: main, image: busybox, command: [sleep, infinity]}]
                    """.formatted(hostNetwork));
        }
        lab.awaitReady("host-true");
        await().until(() ->
                messages().stream().anyMatch(message -> message.contains("failed to find plugin \"gate\"")));
    }

    private void chain(String type, String script) throws IOException {
        Path program = root.resolve("opt/cni/bin").resolve(type);
        Files.writeString(program, script);
        Files.setAttribute(program, "unix:mode", 0755);
        Path list = root.resolve("etc/cni/net.d/10-lab.conflist");
        ObjectNode conflist = (ObjectNode) new ObjectMapper().readTree(Files.readString(list));
        conflist.withArray("plugins").addObject().put("type", type).put("setting", 7);
        Files.writeString(list, conflist.toString());
    }

    private List<String> messages() {
        return lab.store.list(ResourceType.EVENT, "accounts").stream()
                .map(event -> Json.text(event, "reason") + " " + Json.text(event, "message"))
                .toList();
    }
}

package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The CNI plugin on a node's disk, among the files of others. */
class PluginInstallationTest {
    private static final String CALICO = """
            {"name": "k8s-pod-network", "cniVersion": "0.3.1", "custom": 1,
             "plugins": [{"type": "calico", "mtu": 0}, {"type": "portmap", "snat": true}]}
            """;

    @TempDir
    Path node;

    private final Map<String, String> environment = new HashMap<>();
    private Path configurations;
    private Path binaries;

    @BeforeEach
    void makeNode() throws IOException {
        configurations = Files.createDirectories(node.resolve("net.d"));
        binaries = Files.createDirectories(node.resolve("bin"));
        Files.createDirectories(node.resolve("home/cni"));
        Files.writeString(node.resolve("home/cni/istio-cni"), "program 1");
        environment.put("MOUNTED_CNI_NET_DIR", configurations.toString());
        environment.put("MOUNTED_CNI_BIN_DIR", binaries.toString());
    }

    @Test
    void isChainedBehindTheOthersAndLeavesEverythingElseAsItIs() throws IOException {
        write("10-calico.conflist", CALICO);
        Files.setPosixFilePermissions(
                configurations.resolve("10-calico.conflist"), PosixFilePermissions.fromString("rw-------"));
        write("20-other.conflist", CALICO);
        write("05-broken.conflist", "{");
        assertThat(installation().ensure()).isTrue();
        JsonNode list = read("10-calico.conflist");
        assertThat(list.path("custom").asInt()).isEqualTo(1);
        assertThat(list.path("cniVersion").asText()).isEqualTo("0.3.1");
        assertThat(types(list)).containsExactly("calico", "portmap", "istio-cni");
        assertThat(list.path("plugins").get(2)).isEqualTo(new ObjectMapper().readTree("""
                {"type": "istio-cni", "name": "istio-cni", "ambient_enabled": true, "cni_agent_run_dir": "/var/run/istio-cni",
                 "exclude_namespaces": ["kube-system"]}
                """));
        assertThat(Files.getPosixFilePermissions(configurations.resolve("10-calico.conflist")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(types(read("20-other.conflist"))).containsExactly("calico", "portmap");
        assertThat(binaries.resolve("istio-cni")).hasContent("program 1").isExecutable();

        assertThat(installation().ensure())
                .as("changes anything the second time")
                .isFalse();
        assertThat(names(configurations))
                .containsExactly("05-broken.conflist", "10-calico.conflist", "20-other.conflist");
    }

    @Test
    void aNewProgramAndNewSettingsReplaceTheOldOnes() throws IOException {
        write("10-calico.conflist", CALICO);
        installation().ensure();
        Files.writeString(node.resolve("home/cni/istio-cni"), "program 2");
        environment.put("EXCLUDED_NAMESPACES", "[kube-system legacy]");
        assertThat(installation().ensure()).isTrue();
        assertThat(binaries.resolve("istio-cni")).hasContent("program 2");
        JsonNode list = read("10-calico.conflist");
        assertThat(types(list)).containsExactly("calico", "portmap", "istio-cni");
        assertThat(list.at("/plugins/2/exclude_namespaces").toString()).isEqualTo("[\"kube-system\",\"legacy\"]");
        assertThat(names(binaries)).containsExactly("istio-cni");
    }

    @Test
    void aSingleConfigurationBecomesAList() throws IOException {
        write("10-bridge.conf", "{\"cniVersion\": \"1.0.0\", \"name\": \"pods\", \"type\": \"bridge\"}");
        environment.put("CNI_CONF_NAME", "10-bridge.conf");
        assertThat(installation().ensure()).isTrue();
        assertThat(names(configurations)).containsExactly("10-bridge.conflist");
        assertThat(read("10-bridge.conflist").path("name").asText()).isEqualTo("pods");
        assertThat(types(read("10-bridge.conflist"))).containsExactly("bridge", "istio-cni");
        assertThat(installation().ensure()).isFalse();
    }

    @Test
    void aFileOfItsOwnForThoseWhoChainThemselves() throws IOException {
        write("10-calico.conflist", CALICO);
        environment.put("CHAINED_CNI_PLUGIN", "false");
        installation().ensure();
        assertThat(read("YY-istio-cni.conf").path("type").asText()).isEqualTo("istio-cni");
        assertThat(types(read("10-calico.conflist"))).containsExactly("calico", "portmap");
        installation().remove();
        assertThat(names(configurations)).containsExactly("10-calico.conflist");
    }

    @Test
    void removalLeavesTheNodeAsItWas() throws IOException {
        write("10-calico.conflist", CALICO);
        installation().ensure();
        installation().remove();
        assertThat(read("10-calico.conflist")).isEqualTo(new ObjectMapper().readTree(CALICO));
        assertThat(names(binaries)).isEmpty();
    }

    @Test
    void aNodeWithoutANetworkYetIsSaidToBeOne() {
        assertThatThrownBy(() -> installation().ensure())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no network configuration in " + configurations);
    }

    @Test
    void whoRewritesTheConfigurationFindsThePluginChainedAgain() throws Exception {
        PluginKeeper keeper = PluginKeeper.start(settings());
        try (keeper) {
            assertThat(keeper.isInstalled()).isFalse();
            write("10-calico.conflist", CALICO);
            await().untilAsserted(() ->
                    assertThat(types(read("10-calico.conflist"))).containsExactly("calico", "portmap", "istio-cni"));
            await().until(keeper::isInstalled);
            write("10-calico.conflist", CALICO.replace("portmap", "bandwidth"));
            await().untilAsserted(() ->
                    assertThat(types(read("10-calico.conflist"))).containsExactly("calico", "bandwidth", "istio-cni"));
            Files.delete(binaries.resolve("istio-cni"));
            await().untilAsserted(
                            () -> assertThat(binaries.resolve("istio-cni")).isExecutable());

            keeper.remove();
            assertThat(types(read("10-calico.conflist"))).containsExactly("calico", "bandwidth");
            write("10-calico.conflist", CALICO);
        }
        assertThat(types(read("10-calico.conflist"))).containsExactly("calico", "portmap");
    }

    @Test
    void isNotSaidToBeInstalledWhileItCannotBe() throws Exception {
        write("10-calico.conflist", CALICO);
        try (PluginKeeper keeper = PluginKeeper.start(settings())) {
            await().until(keeper::isInstalled);
            Files.delete(configurations.resolve("10-calico.conflist"));
            await().until(() -> !keeper.isInstalled());
            write("10-calico.conflist", CALICO);
            await().until(keeper::isInstalled);
        }
        assertThat(types(read("10-calico.conflist"))).contains("istio-cni");
    }

    @Test
    void thePluginStaysWhenTheAgentEnds() throws Exception {
        write("10-calico.conflist", CALICO);
        try (PluginKeeper keeper = PluginKeeper.start(settings())) {
            await().until(keeper::isInstalled);
        }
        assertThat(types(read("10-calico.conflist"))).contains("istio-cni");
    }

    private PluginSettings settings() {
        return PluginSettings.from(environment, node.resolve("home"));
    }

    private PluginInstallation installation() {
        return new PluginInstallation(settings());
    }

    private void write(String name, String content) throws IOException {
        Path unfinished = Files.writeString(node.resolve("unfinished"), content);
        Files.move(unfinished, configurations.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private JsonNode read(String name) throws IOException {
        return new ObjectMapper().readTree(Files.readString(configurations.resolve(name)));
    }

    private static List<String> types(JsonNode list) {
        return list.path("plugins").findValuesAsText("type");
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}

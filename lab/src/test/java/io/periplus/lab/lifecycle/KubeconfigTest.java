package io.periplus.lab.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeconfigTest {
    @Test
    void both_clusters_are_in_one_file_that_only_its_owner_reads(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("kubeconfig");
        Kubeconfig.write(file, List.of(document("cluster1"), document("cluster2")));
        JsonNode merged = new YAMLMapper().readTree(file.toFile());
        assertThat(merged.path("current-context").asText()).isEqualTo("cluster1");
        for (String list : List.of("clusters", "users", "contexts")) {
            assertThat(merged.path(list))
                    .extracting(e -> e.path("name").asText())
                    .containsExactly("cluster1", "cluster2");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    private static String document(String name) {
        return """
                apiVersion: v1
                kind: Config
                current-context: NAME
                clusters: [{name: NAME, cluster: {server: "https://127.0.0.1:1"}}]
                users: [{name: NAME, user: {}}]
                contexts: [{name: NAME, context: {cluster: NAME, user: NAME}}]
                """.replace("NAME", name);
    }
}

package io.periplus.lab.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.lab.Installation;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabCommandTest {
    private final Path directory;

    LabCommandTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private record Result(int exitCode, String out, String err) {}

    @Test
    void env_prints_lines_that_a_shell_can_evaluate() {
        Result result = run("env");
        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .contains("export KUBECONFIG=" + directory + "/kubeconfig\n")
                .contains("export CTX_CLUSTER1=cluster1\nexport CTX_CLUSTER2=cluster2\n")
                .contains("export PATH=/opt/periplus/bin:");
    }

    @Test
    void a_value_with_blanks_and_quotes_is_quoted_for_the_shell() {
        assertThat(EnvCommand.quote("/plain/path:x")).isEqualTo("/plain/path:x");
        assertThat(EnvCommand.quote("it's here")).isEqualTo("'it'\\''s here'");
    }

    @Test
    void status_of_a_lab_that_is_not_up_has_exit_code_3_and_says_how_to_start_it() {
        Result result = run("status");
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err()).contains("the lab is not up").contains("periplus lab up");
    }

    @Test
    void an_unknown_command_is_wrong_usage() {
        assertThat(run("sideways").exitCode()).isEqualTo(2);
        assertThat(run().exitCode()).isEqualTo(2);
        assertThat(run("up", "--api-ports=1,1").exitCode()).isEqualTo(6);
    }

    @Test
    void an_image_that_is_added_is_listed_and_described_in_the_state_directory() throws Exception {
        Result added = run(
                "image",
                "add",
                "periplus/periplus:1.0",
                "--entrypoint",
                "/bin/echo",
                "hello",
                "--env",
                "A=b",
                "--path",
                "/opt/x");
        assertThat(added.err()).isEmpty();
        assertThat(added.exitCode()).isZero();
        assertThat(run("image", "list").out()).isEqualTo("periplus/periplus:1.0\n");
        String json = Files.readString(directory.resolve("images/periplus_periplus_1.0.json"));
        assertThat(json.replaceAll("\\s", ""))
                .contains("\"entrypoint\":[\"/bin/echo\",\"hello\"]")
                .contains("\"env\":{\"A\":\"b\"}")
                .contains("\"paths\":[\"/opt/x\"]");
    }

    private Result run(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int exitCode = LabCommand.run(
                args,
                Map.of("PERIPLUS_LAB_DIR", directory.toString(), "PERIPLUS_BIN", "/opt/periplus/bin"),
                Installation.NONE,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Result(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}

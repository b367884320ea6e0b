package io.periplus.lab.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabOptionsTest {
    @Test
    void without_variables_a_lab_lives_in_its_usual_place() throws LabException {
        LabOptions options = LabOptions.fromEnvironment(Map.of());
        assertThat(options.stateDirectory()).isEqualTo(Path.of("/var/lib/periplus-lab"));
        assertThat(options.apiPorts()).isEmpty();
        assertThat(LabOptions.DEFAULT_PORTS).containsExactly(16443, 16444);
    }

    @Test
    void variables_choose_directory_ports_launchers_and_java_options() throws LabException {
        LabOptions options = LabOptions.fromEnvironment(Map.of(
                "PERIPLUS_LAB_DIR", "/tmp/lab",
                "PERIPLUS_LAB_API_PORTS", "17443, 17444",
                "PERIPLUS_BIN", "/opt/periplus/bin",
                "PERIPLUS_LAB_JAVA_OPTS", "-Xmx300m -Xlog:gc"));
        assertThat(options.stateDirectory()).isEqualTo(Path.of("/tmp/lab"));
        assertThat(options.apiPorts()).isEqualTo(List.of(17443, 17444));
        assertThat(options.binDirectory()).isEqualTo(Path.of("/opt/periplus/bin"));
        assertThat(options.javaOptions()).containsExactly("-Xmx300m", "-Xlog:gc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"17443", "17443,17443", "17443,99999", "a,b", "1,2,3", "17443,"})
    void ports_that_make_no_sense_are_refused_with_the_name_of_their_source(String ports) {
        assertThatExceptionOfType(LabException.class)
                .isThrownBy(() -> LabOptions.parsePorts("--api-ports", ports))
                .withMessageStartingWith("--api-ports: " + ports)
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NOT_CONFIGURED));
    }

    @Test
    void one_number_of_nodes_is_for_every_cluster_and_two_are_for_each() throws LabException {
        assertThat(LabOptions.fromEnvironment(Map.of()).nodes()).isEmpty();
        assertThat(LabOptions.fromEnvironment(Map.of("PERIPLUS_LAB_NODES", "3")).nodes())
                .containsExactly(3, 3);
        assertThat(LabOptions.parseNodes("--nodes", "2,1")).containsExactly(2, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "6", "two", "1,2,3", "2,", "-1"})
    void numbers_of_nodes_that_make_no_sense_are_refused(String nodes) {
        assertThatExceptionOfType(LabException.class)
                .isThrownBy(() -> LabOptions.parseNodes("--nodes", nodes))
                .withMessageStartingWith("--nodes: " + nodes)
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NOT_CONFIGURED));
    }

    @Test
    void labs_in_different_directories_have_different_names_on_the_machine() {
        assertThat(LabSettings.instance(LabOptions.DEFAULT_DIRECTORY)).isEmpty();
        assertThat(LabSettings.instance(Path.of("/tmp/a"))).isNotEqualTo(LabSettings.instance(Path.of("/tmp/b")));
    }
}

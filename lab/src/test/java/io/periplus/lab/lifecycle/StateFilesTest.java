package io.periplus.lab.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFilesTest {
    private final LabDirectory lab;
    private final Path elsewhere;

    StateFilesTest(@TempDir Path directory) throws IOException {
        lab = new LabDirectory(directory.resolve("lab"));
        elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("precious"), "");
    }

    @Test
    void what_a_lab_made_is_deleted_with_its_directory_and_links_are_not_followed() throws Exception {
        StateFiles.claim(lab);
        Files.writeString(lab.settings(), "{}");
        Files.writeString(lab.kubeconfig(), "");
        Files.createDirectories(lab.cluster("cluster1").resolve("pki"));
        Files.createSymbolicLink(lab.cluster("cluster1").resolve("link"), elsewhere);
        StateFiles.delete(lab);
        assertThat(lab.root()).doesNotExist();
        assertThat(elsewhere.resolve("precious")).exists();
    }

    @Test
    void a_directory_with_something_else_in_it_is_neither_taken_nor_deleted() throws IOException {
        var foreign = new LabDirectory(elsewhere);
        for (int i = 0; i < 2; i++) {
            boolean take = i == 0;
            assertThatExceptionOfType(LabException.class)
                    .isThrownBy(() -> {
                        if (take) {
                            StateFiles.claim(foreign);
                        } else {
                            StateFiles.delete(foreign);
                        }
                    })
                    .withMessageContaining("is not a lab's state directory (it contains precious)")
                    .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NOT_CONFIGURED));
        }
        assertThat(elsewhere.resolve("precious")).exists();
    }

    @Test
    void a_directory_that_merely_has_files_of_the_same_names_is_not_a_labs() throws IOException {
        Files.createDirectories(lab.images());
        Files.writeString(lab.images().resolve("holiday.jpg"), "");
        assertThatExceptionOfType(LabException.class).isThrownBy(() -> StateFiles.delete(lab));
        assertThat(lab.images().resolve("holiday.jpg")).exists();
    }

    @Test
    void what_somebody_put_into_a_labs_directory_stays() throws Exception {
        StateFiles.claim(lab);
        Files.writeString(lab.settings(), "{}");
        Files.writeString(lab.root().resolve("notes.txt"), "");
        StateFiles.delete(lab);
        assertThat(lab.root().resolve("notes.txt")).exists();
        assertThat(lab.settings()).doesNotExist();
    }

    @Test
    void the_root_of_the_file_system_is_never_a_labs() {
        assertThatExceptionOfType(LabException.class)
                .isThrownBy(() -> StateFiles.claim(new LabDirectory(elsewhere.getRoot())))
                .withMessageContaining("it is the root of the file system");
    }
}

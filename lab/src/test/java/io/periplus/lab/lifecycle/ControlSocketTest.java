package io.periplus.lab.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlSocketTest {
    private final Path directory;

    ControlSocketTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void a_request_is_answered_with_lines_to_its_end() throws IOException {
        try (ControlSocket socket = ControlSocket.listen(directory.resolve("s"), (request, line) -> {
            line.accept("you said " + request);
            line.accept("bye");
        })) {
            assertThat(socket).isNotNull();
            var lines = new ArrayList<String>();
            ControlSocket.ask(directory.resolve("s"), "hello", lines::add);
            assertThat(lines).containsExactly("you said hello", "bye");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("s"))))
                    .isEqualTo("rw-------");
        }
        assertThat(directory.resolve("s")).doesNotExist();
    }

    @Test
    void a_socket_file_that_a_killed_process_left_is_replaced() throws IOException {
        Path file = Files.writeString(directory.resolve("s"), "");
        try (ControlSocket socket = ControlSocket.listen(file, (request, line) -> line.accept("here"))) {
            assertThat(socket).isNotNull();
            var lines = new ArrayList<String>();
            ControlSocket.ask(file, "anybody?", lines::add);
            assertThat(lines).containsExactly("here");
        }
    }

    @Test
    void nobody_answers_where_nobody_listens() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> ControlSocket.ask(directory.resolve("none"), "status", line -> {}));
    }
}

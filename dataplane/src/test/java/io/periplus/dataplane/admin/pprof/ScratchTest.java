package io.periplus.dataplane.admin.pprof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recording goes where there is room for it, or is not begun. */
class ScratchTest {
    @Test
    void theFirstThatWillDoIsTaken(@TempDir Path directory) throws IOException {
        assertThat(Scratch.find(1, Path.of("/proc/none"), directory))
                .extracting(Scratch::directory)
                .isEqualTo(directory);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void withoutRoomEachIsNamedWithItsReason(@TempDir Path directory) {
        assertThatThrownBy(() -> Scratch.find(Long.MAX_VALUE, Path.of("/proc/none"), directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no room for a recording")
                .hasMessageContaining("/proc/none cannot be written to (")
                .hasMessageMatching(".*" + directory + " has \\d+ MiB left.*");
        assertThat(directory).isEmptyDirectory();
    }
}

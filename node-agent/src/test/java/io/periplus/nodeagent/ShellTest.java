package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ShellTest {
    /** A number by which the test knows its own process. */
    private static final String SLEEP = "sleep 6" + ProcessHandle.current().pid();

    @Test
    void whatHangsIsEndedWithAllThatItStarted() {
        assertThatThrownBy(() -> Shell.output(null, "echo begun\n" + SLEEP + "\n", Duration.ofMillis(500)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no end of the rules within 500 ms: begun");
        await().until(() -> ProcessHandle.current()
                .descendants()
                .noneMatch(process -> process.info().commandLine().orElse("").endsWith(SLEEP)));
    }

    @Test
    void whatEndsBeforeItHasReadAllSaysHowItEnded() throws IOException {
        String more = "# and more\n".repeat(100_000);
        assertThat(Shell.output(null, "echo enough; exit 0\n" + more)).isEqualTo("enough");
        assertThatThrownBy(() -> Shell.output(null, "echo no; exit 3\n" + more)).hasMessageContaining("(exit 3): no");
    }
}

package io.periplus.lab.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonLockTest {
    private final Path directory;

    DaemonLockTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void a_lock_that_nobody_took_is_free() throws IOException {
        assertThat(DaemonLock.isHeld(directory.resolve("lock"))).isFalse();
    }

    @Test
    void the_lock_of_another_process_is_held_until_that_process_is_killed() throws Exception {
        Path file = directory.resolve("lock");
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var output = new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(output.readLine()).isEqualTo("held");
            assertThat(DaemonLock.isHeld(file)).isTrue();
            holder.destroyForcibly();
            DaemonLock.await(file, Duration.ofSeconds(5));
            assertThat(DaemonLock.isHeld(file)).isFalse();
        } finally {
            holder.destroyForcibly();
        }
    }

    /** Takes the lock and keeps it until it is killed. */
    static final class Holder {
        public static void main(String[] args) throws Exception {
            DaemonLock lock = DaemonLock.tryAcquire(Path.of(args[0]));
            System.out.println(lock == null ? "not held" : "held");
            Thread.currentThread().join();
        }
    }
}

package io.periplus.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SignalsTest {
    private static final int BY_INTERRUPT = 128 + Signals.INTERRUPT;

    @Test
    void aSecondInterruptEndsAProcessThatTakesItsTimeToEnd() throws Exception {
        // Whoever runs the tests in the background may have them, and what they start, ignore interrupts.
        Process process = new ProcessBuilder(
                        "env",
                        "--default-signal=INT",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SlowToEnd.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        CompletableFuture.delayedExecutor(40, TimeUnit.SECONDS).execute(process::destroyForcibly);
        try (BufferedReader said = process.inputReader()) {
            assertThat(said.readLine()).isEqualTo("running");
            interrupt(process);
            assertThat(said.readLine()).isEqualTo("ending");
            interrupt(process);
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(BY_INTERRUPT);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void interrupt(Process process) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    }

    /** Never done with its shutdown. */
    static final class SlowToEnd {
        private SlowToEnd() {}

        public static void main(String[] args) throws InterruptedException {
            CountDownLatch never = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    Signals.endAtOnceOn(Signals.INTERRUPT);
                    System.out.println("ending");
                    never.await();
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
            System.out.println("running");
            never.await();
        }
    }
}

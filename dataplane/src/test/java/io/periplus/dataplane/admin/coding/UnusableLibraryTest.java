package io.periplus.dataplane.admin.coding;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be loaded is not offered, said so once, and left alone. In a JVM of its own, as nothing is loaded twice in one. */
class UnusableLibraryTest {
    @Test
    void brotliNeedsATemporaryDirectory() throws Exception {
        String said = inAnotherJvm("-Djava.io.tmpdir=/proc/none");
        assertThat(said).contains("zstd=true br=false gzip=true").containsOnlyOnce("cannot be compressed with br here");
    }

    @Test
    void zstdNeedsAccessToMemory() throws Exception {
        String said = inAnotherJvm("--sun-misc-unsafe-memory-access=deny");
        assertThat(said)
                .contains("zstd=false br=true gzip=true")
                .containsOnlyOnce("cannot be compressed with zstd here");
    }

    @Test
    void nothingUnpackedIsLeftBehind(@TempDir Path temporary) throws Exception {
        assertThat(inAnotherJvm("-Djava.io.tmpdir=" + temporary)).contains("zstd=true br=true gzip=true");
        assertThat(temporary).isEmptyDirectory();
    }

    /** Asks twice what can be used. */
    static final class Asker {
        private Asker() {}

        public static void main(String[] none) {
            for (int i = 0; i < 2; i++) {
                StringBuilder line = new StringBuilder();
                for (ContentCoding coding : ContentCoding.values()) {
                    line.append(coding.token())
                            .append('=')
                            .append(coding.usable())
                            .append(' ');
                }
                System.out.println(line);
            }
        }
    }

    private static String inAnotherJvm(String option) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        option,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Asker.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}

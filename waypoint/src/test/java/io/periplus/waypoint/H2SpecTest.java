package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.workload.AppProtocol;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * h2spec, the field's own conformance suite for servers (RFC 7540 and 7541), as its Maven plugin has it: a program for Linux
 * on x86-64. {@link Http2ConformanceTest} has what RFC 9113 changed, and what h2spec does not ask.
 */
class H2SpecTest {
    private static final String PROGRAM = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";
    private static final int PATIENCE_SECONDS = 120;

    /** The three that are known to fail wait for as long. */
    private static final int ANSWER_SECONDS = 3;

    /** HEADERS where there can be none: the codec ends the stream where h2spec wants the connection ended, or says why otherwise. */
    private static final Set<String> KNOWN = Set.of(
            "half closed (remote): Sends a HEADERS frame",
            "closed: Sends a HEADERS frame",
            "Sends stream identifier that is numerically smaller than previous");

    @TempDir
    private Path directory;

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void itFindsNothingButWhatIsKnown() throws Exception {
        Path archive = directory.resolve("h2spec.tar.gz");
        try (InputStream packed = Objects.requireNonNull(H2SpecTest.class.getResourceAsStream(PROGRAM), PROGRAM)) {
            Files.copy(packed, archive);
        }
        run(List.of("tar", "-xzf", archive.toString(), "-C", directory.toString()));
        try (Rig rig = new Rig();
                Application application = new Application("127.0.1.1", 0, "app")) {
            rig.service(AppProtocol.HTTP11, application.port(), "127.0.1.1");
            InetSocketAddress server = rig.client(Rig.FINANCE);
            // h2spec is impatient, and the first connection of all waits for the tunnel's.
            try (RawClient first = new RawClient(server)) {
                assertThat(first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                                .answer()
                                .status())
                        .isEqualTo(200);
            }
            String said = run(List.of(
                    directory.resolve("h2spec").toString(),
                    "--strict",
                    "--timeout",
                    Integer.toString(ANSWER_SECONDS),
                    "--host",
                    server.getHostString(),
                    "--port",
                    Integer.toString(server.getPort())));
            assertThat(said).contains("146 tests, ");
            assertThat(failures(said)).as(said).isSubsetOf(KNOWN);
        }
    }

    /** The names of tests that failed: {@code × 6: half closed (remote): Sends a HEADERS frame}. */
    private static List<String> failures(String said) {
        int summary = said.indexOf("Failures:");
        return summary < 0
                ? List.of()
                : said.substring(summary)
                        .lines()
                        .map(String::strip)
                        .filter(line -> line.startsWith("×"))
                        .map(line -> line.substring(line.indexOf(": ") + 2))
                        .toList();
    }

    private String run(List<String> command) throws Exception {
        Path out = directory.resolve("out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("%s ends", command)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(out, StandardCharsets.UTF_8);
    }
}

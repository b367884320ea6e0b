package io.periplus.lab.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.PodRuntime;
import io.periplus.lab.apiserver.PodRuntime.ContainerRef;
import io.periplus.lab.apiserver.PodRuntime.ExecRequest;
import io.periplus.lab.apiserver.PodRuntime.LogRequest;
import io.periplus.lab.apiserver.PodRuntime.WindowSize;
import io.periplus.lab.store.Meta;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What kubectl's streaming commands reach. Needs root. */
class NodePodRuntimeTest {
    @TempDir
    static Path directory;

    static NodeFixture lab;
    static PodRuntime pods;
    static ContainerRef shell;
    static ContainerRef talker;

    @BeforeAll
    static void start() throws IOException {
        lab = new NodeFixture(directory);
        pods = lab.node.runtime();
        shell = pod("shell", "sleep infinity");
        talker = pod("talker", "echo one; echo two; echo three; sleep 0.5; echo four");
    }

    @AfterAll
    static void stop() throws IOException {
        lab.close();
    }

    private static ContainerRef pod(String name, String script) {
        lab.apply("""
                kind: Pod
                metadata: {name: %s}
                spec:
                  restartPolicy: Never
                  containers:
                  - {name: main, image: busybox, command: [sh, -c, "%s"], env: [{name: COLOUR, value: blue}], workingDir: /tmp}
                  - {name: echo, image: hashicorp/http-echo, args: [-text=hi]}
                """.formatted(name, script));
        ObjectNode pod = lab.awaitReady(name);
        return new ContainerRef("accounts", name, Meta.uid(pod), "main");
    }

    @Test
    void aCommandRunsInsideTheContainerWithItsStreamsAndItsExitCode() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = pods.exec(
                shell,
                new ExecRequest(
                        List.of("sh", "-c", "cat; echo $COLOUR $(hostname) $PWD; echo oops >&2; exit 7"),
                        new ByteArrayInputStream("input\n".getBytes(StandardCharsets.UTF_8)),
                        out,
                        err,
                        null));
        assertThat(code).isEqualTo(7);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("input\nblue shell /tmp\n");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("oops\n");
    }

    @Test
    void aTerminalHasASizeAndIsTyped() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BlockingQueue<WindowSize> sizes = new LinkedBlockingQueue<>(List.of(new WindowSize(120, 33)));
        int code = pods.exec(
                shell,
                new ExecRequest(
                        List.of("sh", "-c", "read word; test -t 0 && echo terminal; stty size; echo got $word; exit 4"),
                        new ByteArrayInputStream("hello\n".getBytes(StandardCharsets.UTF_8)),
                        out,
                        null,
                        new QueueTerminal(sizes)));
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("terminal\r\n33 120\r\ngot hello\r\n");
        assertThat(code).isEqualTo(4);
    }

    @Test
    void aCommandOfAGoneClientIsKilled() throws IOException {
        int code = pods.exec(
                shell, new ExecRequest(List.of("yes"), InputStream.nullInputStream(), new FailingStream(), null, null));
        assertThat(code).isEqualTo(137);
    }

    @Test
    void logsFollowUntilTheContainerEnds() throws IOException {
        assertThat(logs(new LogRequest(true, null, null, false, false, null))).isEqualTo("one\ntwo\nthree\nfour\n");
        assertThat(logs(new LogRequest(false, 2L, null, false, false, null))).isEqualTo("three\nfour\n");
        assertThat(logs(new LogRequest(false, 1L, null, false, true, null)))
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z four\n");
        assertThat(logs(new LogRequest(false, null, null, false, false, 5L))).isEqualTo("one\nt");
        assertThatThrownBy(() -> logs(new LogRequest(false, null, null, true, false, null)))
                .isInstanceOf(PodRuntime.NotRunningException.class)
                .hasMessage("previous terminated container \"main\" in pod \"talker\" not found");
    }

    @Test
    void aPortIsForwardedIntoThePod() throws IOException {
        try (ByteChannel port = pods.openPort("accounts", "shell", 5678)) {
            port.write(ByteBuffer.wrap("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(1024);
            while (port.read(answer) >= 0) {}
            assertThat(new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 200 OK")
                    .endsWith("\r\n\r\nhi\n");
        }
        assertThatThrownBy(() -> pods.openPort("accounts", "shell", 1))
                .hasMessageContaining("port 1 of pod accounts/shell");
    }

    @Test
    void whatACommandPutsIntoTheBackgroundGoesOn() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ExecRequest start = new ExecRequest(
                List.of("sh", "-c", "sleep 77 > /dev/null & echo begun"),
                null,
                out,
                OutputStream.nullOutputStream(),
                null);
        assertThat(pods.exec(shell, start)).isZero();
        ExecRequest look = new ExecRequest(List.of("ps", "ax"), null, out, OutputStream.nullOutputStream(), null);
        assertThat(pods.exec(shell, look)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("begun\n").contains("sleep 77");
    }

    @Test
    void anInteractiveContainerIsAttachedTo() throws IOException {
        lab.apply("""
                kind: Pod
                metadata: {name: interactive}
                spec:
                  restartPolicy: Never
                  containers: [{name: main, image: busybox, stdin: true, tty: true}]
                """);
        ObjectNode pod = lab.awaitReady("interactive");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int code = pods.attach(
                new ContainerRef("accounts", "interactive", Meta.uid(pod), "main"),
                new ExecRequest(
                        List.of(),
                        new ByteArrayInputStream("stty size; exit 5\n".getBytes(StandardCharsets.UTF_8)),
                        out,
                        null,
                        new QueueTerminal(new LinkedBlockingQueue<>(List.of(new WindowSize(99, 22))))));
        assertThat(code).isEqualTo(5);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("22 99");
    }

    private static String logs(LogRequest request) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        pods.logs(talker, request, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private record QueueTerminal(BlockingQueue<WindowSize> sizes) implements PodRuntime.Terminal {
        @Override
        public @Nullable WindowSize nextSize() throws InterruptedException {
            return sizes.take();
        }
    }

    private static final class FailingStream extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("the client has gone");
        }
    }
}

package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The socket that CNI plugins ask at, spoken to byte by byte. */
class PluginSocketTest {
    /** As Go's encoder writes what upstream's plugin sends. */
    private static final String UPSTREAM =
            "{\"Netns\":\"/var/run/netns/cni-1\",\"PodName\":\"curl-1\",\"PodNamespace\":\"finance\",\"IPs\":["
                    + "{\"Interface\":2,\"Address\":{\"IP\":\"10.1.1.5\",\"Mask\":\"////AA==\"},\"Gateway\":\"10.1.1.1\"},"
                    + "{\"Interface\":null,\"Address\":{\"IP\":\"fd00::5\",\"Mask\":\"//////////8AAAAAAAAAAA==\"},\"Gateway\":\"\"}]}";

    private final BlockingQueue<PodStart> asked = new LinkedBlockingQueue<>();
    private volatile String refusal = "";
    private Path directory;
    private PluginSocket socket;

    @BeforeEach
    void start() throws IOException {
        directory = Files.createTempDirectory("plugin");
        socket = PluginSocket.serve(path(), pod -> {
            asked.add(pod);
            if (!refusal.isEmpty()) {
                throw new IOException(refusal);
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        socket.close();
        Files.delete(directory);
    }

    @Test
    void understandsUpstreamsPlugin() throws Exception {
        String request = "POST /cmdadd HTTP/1.1\r\nHost: unix\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: "
                + UPSTREAM.length() + "\r\nContent-Type: application/json\r\nAccept-Encoding: gzip\r\n\r\n" + UPSTREAM;
        assertThat(ask(request)).startsWith("HTTP/1.1 200 OK\r\n").contains("\r\nContent-Length: 0\r\n");
        assertThat(asked.take())
                .isEqualTo(new PodStart(
                        "/var/run/netns/cni-1",
                        "finance",
                        "curl-1",
                        "",
                        List.of(InetAddress.ofLiteral("10.1.1.5"), InetAddress.ofLiteral("fd00::5"))));
        assertThat(Files.getPosixFilePermissions(path())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void saysWhyAPodMayNotStart() throws Exception {
        refusal = "no ztunnel is connected";
        assertThat(ask(post(UPSTREAM)))
                .startsWith("HTTP/1.1 500 Internal Server Error\r\n")
                .endsWith("\r\n\r\nno ztunnel is connected\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | {}",
                "400 | not JSON",
                "400 | {\"Netns\":\"/n\",\"PodName\":\"p\"}",
                "400 | {\"Netns\":\"/n\",\"PodName\":\"p\",\"PodNamespace\":\"n\",\"IPs\":[{}]}",
                "400 | {\"Netns\":\"/n\",\"PodName\":\"p\",\"PodNamespace\":\"n\",\"IPs\":[{\"Address\":{\"IP\":\"x\"}}]}"
            })
    void refusesWhatIsNoRequestOfAPlugin(int status, String body) throws Exception {
        assertThat(ask(post(body))).startsWith("HTTP/1.1 " + status + " ");
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "404, POST /log HTTP/1.1",
        "405, GET /cmdadd HTTP/1.1",
        "400, hello",
        "411, POST /cmdadd HTTP/1.1",
    })
    void refusesWhatIsNoPost(int status, String line) throws Exception {
        assertThat(ask(line + "\r\nHost: unix\r\n\r\n")).startsWith("HTTP/1.1 " + status + " ");
    }

    @Test
    void isNotFloodedByOneRequest() throws Exception {
        assertThat(ask("POST /cmdadd HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ");
        // No byte more than is read before the answer: what is left unread at the end resets the connection.
        assertThat(ask("x".repeat(8 * 1024 + 1))).startsWith("HTTP/1.1 413 ");
    }

    @Test
    @Timeout(20)
    void goesOnWhenForAWhileThereWereNoDescriptors() throws Exception {
        assertThat(ask(post(UPSTREAM))).startsWith("HTTP/1.1 200 ");
        long self = ProcessHandle.current().pid();
        String soft = Shell.output(null, "prlimit --pid %d --nofile --output SOFT --noheadings".formatted(self));
        // Not too many to take them all.
        Shell.script(null, "prlimit --pid %d --nofile=1024:".formatted(self));
        List<FileChannel> taken = new ArrayList<>();
        asked.clear();
        try (SocketChannel waiting = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            try {
                takeAll(taken);
                waiting.connect(UnixDomainSocketAddress.of(path()));
                // Time for an attempt that fails; nobody can be asked meanwhile.
                asked.poll(300, TimeUnit.MILLISECONDS);
            } finally {
                for (FileChannel file : taken) {
                    file.close();
                }
                Shell.script(null, "prlimit --pid %d --nofile=%s:".formatted(self, soft));
            }
            assertThat(exchange(waiting, post(UPSTREAM))).startsWith("HTTP/1.1 200 ");
        }
        assertThat(ask(post(UPSTREAM))).startsWith("HTTP/1.1 200 ");
    }

    private static void takeAll(List<FileChannel> taken) {
        try {
            while (true) {
                taken.add(FileChannel.open(Path.of("/dev/null")));
            }
        } catch (IOException e) {
            // None is left.
        }
    }

    private Path path() {
        return directory.resolve("pluginevent.sock");
    }

    private static String post(String body) {
        return "POST /cmdadd HTTP/1.1\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
    }

    private String ask(String request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(path()));
            return exchange(channel, request);
        }
    }

    private static String exchange(SocketChannel channel, String request) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        ByteBuffer answer = ByteBuffer.allocate(8192);
        while (channel.read(answer) >= 0) {
            // until the agent closes
        }
        return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
    }
}

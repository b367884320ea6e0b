package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the programs that write rules and routes, in the agent's own network namespace or inside a pod's. */
final class Shell {
    private static final Logger LOG = LoggerFactory.getLogger(Shell.class);
    /** Rules take milliseconds; whoever waits for them answers for the whole node. */
    private static final Duration TIME_MAX = Duration.ofSeconds(10);

    private Shell() {}

    /** @param namespace null for the node's own, in which the agent runs */
    static void script(@Nullable NetworkNamespace namespace, String script) throws IOException {
        output(namespace, script);
    }

    /** The same; returns what the programs said, errors included. */
    static String output(@Nullable NetworkNamespace namespace, String script) throws IOException {
        return output(namespace, script, TIME_MAX);
    }

    /** @param timeMax after which they are ended */
    static String output(@Nullable NetworkNamespace namespace, String script, Duration timeMax) throws IOException {
        List<String> words = new ArrayList<>();
        if (namespace != null) {
            words.addAll(List.of(
                    "nsenter",
                    "--net=/proc/%d/fd/%d".formatted(ProcessHandle.current().pid(), namespace.fd())));
        }
        words.addAll(List.of("sh", "-eu"));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        // On a thread of its own: what hangs neither reads nor closes what it writes to.
        Thread exchange = Thread.ofVirtual().name("rules").start(() -> exchange(process, script, output));
        try {
            if (!exchange.join(timeMax) || !process.waitFor(timeMax.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(
                        "no end of the rules within %d ms: %s".formatted(timeMax.toMillis(), text(output)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while writing rules", e);
        } finally {
            if (process.isAlive()) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
        if (process.exitValue() != 0) {
            throw new IOException("rules refused (exit %d): %s".formatted(process.exitValue(), text(output)));
        }
        return text(output);
    }

    private static void exchange(Process process, String script, ByteArrayOutputStream output) {
        try (var input = process.getOutputStream()) {
            input.write(script.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.debug("ended before it had read all, which its exit code says more of", e);
        }
        try (var said = process.getInputStream()) {
            said.transferTo(output);
        } catch (IOException e) {
            LOG.debug("what programs said is lost", e);
        }
    }

    private static String text(ByteArrayOutputStream output) {
        return output.toString(StandardCharsets.UTF_8).strip();
    }
}

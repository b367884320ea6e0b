package io.periplus.bench.machine;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Asks a server in a namespace whether it answers. */
public final class Probe {
    private static final int SOCKET_MILLIS = 2_000;
    private static final long PAUSE_NANOS = 2_000_000;

    private Probe() {}

    /**
     * Waits until {@code GET path} is answered with 200.
     *
     * @return when the answer came, {@link System#nanoTime()}
     * @throws BenchException when the time is over, or the program has ended
     */
    public static long await(
            String namespace,
            String address,
            int port,
            String authority,
            String path,
            Program program,
            Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        String last = "no answer";
        try (NetworkNamespace place = NetworkNamespace.open(Path.of("/run/netns", namespace))) {
            while (System.nanoTime() < end && program.isAlive()) {
                last = place.call(() -> ask(address, port, authority, path));
                if (last.startsWith("HTTP/1.1 200")) {
                    return System.nanoTime();
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (IOException e) {
            throw new BenchException("network namespace %s: %s".formatted(namespace, e.getMessage()), e);
        }
        throw new BenchException("%s at %s:%d is not ready after %d s (%s): %s"
                .formatted(program.name(), address, port, atMost.toSeconds(), last, program.lastWords()));
    }

    private static String ask(String address, int port, String authority, String path) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(SOCKET_MILLIS);
            socket.connect(new InetSocketAddress(address, port), SOCKET_MILLIS);
            String request = "GET %s HTTP/1.1\r\nhost: %s\r\nconnection: close\r\n\r\n".formatted(path, authority);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            return answer.length == 0 ? "closed without an answer" : new String(answer, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}

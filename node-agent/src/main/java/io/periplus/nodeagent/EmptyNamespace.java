package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A network namespace for itself, held by a process that echoes what it is told and ends when nothing more comes. */
record EmptyNamespace(NetworkNamespace namespace, OutputStream holder) implements AutoCloseable {
    static EmptyNamespace create() throws IOException {
        Process holder = new ProcessBuilder("unshare", "--net", "cat")
                .redirectErrorStream(true)
                .start();
        OutputStream input = holder.getOutputStream();
        input.write('\n');
        input.flush();
        // The echo comes from inside the namespace.
        int echo = holder.getInputStream().read();
        if (echo != '\n') {
            String error = new String(holder.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            throw new IOException("no network namespace can be made: %c%s".formatted(echo, error.strip()));
        }
        return new EmptyNamespace(NetworkNamespace.open(Path.of("/proc/" + holder.pid() + "/ns/net")), input);
    }

    @Override
    public void close() throws IOException {
        namespace.close();
        holder.close();
    }
}

package io.periplus.cli.kube;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection (RFC 9112), plain or TLS, for one caller at a time. Small on purpose: a command makes a
 * handful of requests and must start quickly, and PATCH and the WebSocket upgrade are needed.
 */
final class HttpConnection implements Closeable {
    private final URI server;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private boolean reusable = true;

    private HttpConnection(URI server, Socket socket) throws IOException {
        this.server = server;
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
        this.out = new BufferedOutputStream(socket.getOutputStream(), 16 * 1024);
    }

    /** Connects, within {@code timeout}; the same timeout bounds each later read. */
    static HttpConnection open(ClusterAccess access, Duration timeout) throws IOException {
        URI server = access.server();
        boolean secure = access.tls() != null;
        int port = server.getPort() >= 0 ? server.getPort() : secure ? 443 : 80;
        String host = server.getHost().replaceAll("^\\[|\\]$", "");
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
            socket.setSoTimeout((int) timeout.toMillis());
            return new HttpConnection(server, secure ? tls(access, socket, host, port) : socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static Socket tls(ClusterAccess access, Socket plain, String host, int port) throws IOException {
        String name = access.tlsServerName() == null ? host : access.tlsServerName();
        var context = java.util.Objects.requireNonNull(access.tls());
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, name, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    boolean reusable() {
        return reusable;
    }

    HttpAnswer exchange(String method, String target, Map<String, String> headers, byte @Nullable [] body)
            throws IOException {
        reusable = false;
        writeRequest(method, target, headers, body);
        HttpAnswer answer = HttpAnswer.read(in);
        reusable = answer.keepsAlive();
        return answer;
    }

    InputStream in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    private void writeRequest(String method, String target, Map<String, String> headers, byte @Nullable [] body)
            throws IOException {
        StringBuilder head = new StringBuilder();
        String base = server.getRawPath() == null ? "" : server.getRawPath();
        head.append(method).append(' ').append(base).append(target).append(" HTTP/1.1\r\n");
        head.append("Host: ").append(server.getRawAuthority()).append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (body != null) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        if (body != null) {
            out.write(body);
        }
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

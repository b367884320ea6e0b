package io.periplus.lab.node.probe;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** An HTTP GET that counts as success with a status of 200 to 399; certificates are not verified, as kubelets do. */
final class HttpCheck {
    private HttpCheck() {}

    static Check.Result run(Target target, JsonNode get, int timeoutSeconds) throws IOException {
        boolean tls = get.path("scheme").asText("HTTP").equalsIgnoreCase("HTTPS");
        String path = get.path("path").asText("/");
        int port = target.port(get.path("port"));
        String host = get.path("host").asText(target.podIp());
        StringBuilder request =
                new StringBuilder("GET " + (path.startsWith("/") ? path : "/" + path) + " HTTP/1.1\r\n");
        boolean named = false;
        for (JsonNode header : get.path("httpHeaders")) {
            named |= header.path("name").asText().equalsIgnoreCase("host");
            request.append(header.path("name").asText())
                    .append(": ")
                    .append(header.path("value").asText())
                    .append("\r\n");
        }
        if (!named) {
            request.append("Host: ").append(host).append(':').append(port).append("\r\n");
        }
        request.append("User-Agent: kube-probe/1.32\r\nAccept: */*\r\nConnection: close\r\n\r\n");
        try (SocketChannel channel = Check.connect(target, get, timeoutSeconds);
                Socket socket = tls ? secure(channel.socket(), host, port) : channel.socket()) {
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.US_ASCII));
            String status = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1), 512)
                    .readLine();
            String[] words = status == null ? new String[0] : status.split(" ", 3);
            if (words.length < 2) {
                return new Check.Result(false, "Get \"" + url(tls, host, port, path) + "\": no HTTP response");
            }
            int code = Integer.parseInt(words[1]);
            return code >= 200 && code < 400
                    ? new Check.Result(true, status == null ? "" : status)
                    : new Check.Result(false, "HTTP probe failed with statuscode: " + code);
        } catch (IOException e) {
            throw new IOException("Get \"" + url(tls, host, port, path) + "\": " + e.getMessage(), e);
        }
    }

    private static String url(boolean tls, String host, int port, String path) {
        return (tls ? "https://" : "http://") + host + ":" + port + path;
    }

    private static Socket secure(Socket socket, String host, int port) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustEverybody()}, null);
            return context.getSocketFactory().createSocket(socket, host, port, true);
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS is not available: " + e.getMessage(), e);
        }
    }

    private static final class TrustEverybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

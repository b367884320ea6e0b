package io.periplus.controlplane.jwks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One GET, bounded in time and size, that blocks its thread. The JDK's client would do, but for one thing: it resolves names
 * itself, so that what is connected to could not be judged.
 */
final class HttpFetch implements AutoCloseable {
    /** Sets of keys have some 10 KiB; large providers with certificates in them a few hundred. */
    static final int MOST_BYTES = 1 << 20;

    private static final int REDIRECTIONS_MOST = 3;
    private static final int BUFFER_BYTES = 16 << 10;

    private final AddressRules addresses;
    private final Supplier<SSLSocketFactory> tls;
    // Closes what takes too long; that the closed socket's thread wakes up is all it does.
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("jwks-deadlines").daemon().factory());

    HttpFetch(AddressRules addresses, Supplier<SSLSocketFactory> tls) {
        this.addresses = addresses;
        this.tls = tls;
    }

    /**
     * The body of a 200.
     *
     * @param timeout for everything: names, connection, TLS, redirections, body
     * @throws IOException saying what went wrong, without the URL
     */
    String get(URI uri, Duration timeout) throws IOException {
        long end = System.nanoTime() + timeout.toNanos();
        URI at = uri;
        for (int i = 0; i <= REDIRECTIONS_MOST; i++) {
            FullHttpResponse response = exchange(at, end, timeout);
            try {
                int status = response.status().code();
                String location = response.headers().get(HttpHeaderNames.LOCATION);
                if (status == 200) {
                    return response.content().toString(StandardCharsets.UTF_8);
                }
                if (status < 300 || status > 399 || location == null) {
                    throw new IOException("answered with status " + status);
                }
                at = next(at, location);
            } finally {
                response.release();
            }
        }
        throw new IOException("redirected more than " + REDIRECTIONS_MOST + " times");
    }

    /** Where {@code location} leads from {@code from}: elsewhere over HTTP, and never out of TLS. */
    static URI next(URI from, String location) throws IOException {
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new IOException("leads to \"" + location + "\", which is no URL", e);
        }
        boolean secure = "https".equalsIgnoreCase(to.getScheme());
        if (to.getHost() == null || !secure && !"http".equalsIgnoreCase(to.getScheme())) {
            throw new IOException("leads to \"" + location + "\", which is no http or https URL");
        }
        if (!secure && "https".equalsIgnoreCase(from.getScheme())) {
            throw new IOException("leads from https to " + to + ", where anybody could change the keys");
        }
        return to;
    }

    private FullHttpResponse exchange(URI uri, long end, Duration timeout) throws IOException {
        boolean secure = "https".equalsIgnoreCase(uri.getScheme());
        int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
        InetAddress address = resolve(uri.getHost());
        Socket socket = new Socket();
        AtomicBoolean late = new AtomicBoolean();
        ScheduledFuture<?> deadline = watch.schedule(
                () -> {
                    late.set(true);
                    close(socket);
                },
                left(end),
                TimeUnit.MILLISECONDS);
        try (socket) {
            socket.connect(new InetSocketAddress(address, port), left(end));
            Socket spoken = secure ? secure(socket, uri.getHost(), port) : socket;
            return exchange(spoken, uri);
        } catch (IOException e) {
            if (late.get() || e instanceof SocketTimeoutException) {
                throw new IOException("no answer within " + timeout.toMillis() + " ms", e);
            }
            throw e;
        } finally {
            deadline.cancel(false);
        }
    }

    private InetAddress resolve(String host) throws IOException {
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        try {
            InetAddress[] found = InetAddress.getAllByName(name);
            // One that is blocked spoils the name: a name with two faces has no honest reason.
            for (InetAddress address : found) {
                addresses.check(host, address);
            }
            return found[0];
        } catch (UnknownHostException e) {
            throw new IOException("no address is known for " + host, e);
        }
    }

    private Socket secure(Socket socket, String host, int port) throws IOException {
        SSLSocket secure = (SSLSocket) tls.get().createSocket(socket, host, port, true);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return secure;
    }

    private static FullHttpResponse exchange(Socket socket, URI uri) throws IOException {
        EmbeddedChannel codec = new EmbeddedChannel(new HttpClientCodec(), new HttpObjectAggregator(MOST_BYTES));
        try {
            codec.writeOutbound(request(uri));
            OutputStream out = socket.getOutputStream();
            for (ByteBuf bytes = codec.readOutbound(); bytes != null; bytes = codec.readOutbound()) {
                bytes.readBytes(out, bytes.readableBytes());
                bytes.release();
            }
            out.flush();
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            while (true) {
                int read = in.read(buffer);
                if (read < 0) {
                    codec.finish();
                } else {
                    codec.writeInbound(Unpooled.copiedBuffer(buffer, 0, read));
                }
                FullHttpResponse response = codec.readInbound();
                if (response != null && response.decoderResult().isFailure()) {
                    response.release();
                    throw new IOException("answered with something other than HTTP");
                }
                if (response != null) {
                    return response;
                }
                if (read < 0) {
                    throw new IOException("closed the connection before its answer was complete");
                }
            }
        } catch (TooLongFrameException e) {
            throw new IOException("answered with more than " + MOST_BYTES + " bytes", e);
        } finally {
            codec.finishAndReleaseAll();
        }
    }

    private static DefaultFullHttpRequest request(URI uri) {
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
        DefaultFullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target);
        String host = uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
        request.headers()
                .set(HttpHeaderNames.HOST, host)
                .set(HttpHeaderNames.ACCEPT, "application/json")
                .set(HttpHeaderNames.USER_AGENT, "periplus")
                .set(HttpHeaderNames.CONNECTION, "close");
        return request;
    }

    // At least one: zero would mean no limit.
    private static int left(long end) {
        return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // closed is all it had to be
        }
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}

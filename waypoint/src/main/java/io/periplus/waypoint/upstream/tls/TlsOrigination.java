package io.periplus.waypoint.upstream.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.periplus.dataplane.tls.Pem;
import io.periplus.wire.waypoint.BackendTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;

/**
 * TLS with the application behind an endpoint. Made once per push and shared by all event loops; settings that cannot be
 * used fail every connection, none is ever made without TLS or unverified instead. Two are equal when their settings are.
 */
public final class TlsOrigination {
    /** What is spoken inside. */
    public enum Inside {
        HTTP1("http/1.1"),
        HTTP2("h2"),
        /** No application protocol is negotiated. */
        BYTES("");

        private final String alpn;

        Inside(String alpn) {
            this.alpn = alpn;
        }
    }

    private final BackendTls settings;
    private final Map<Inside, SslContext> contexts = new EnumMap<>(Inside.class);
    private final String unusable;

    public TlsOrigination(BackendTls settings) {
        this.settings = settings;
        String why = settings.getUnusable();
        if (why.isEmpty()) {
            try {
                BackendTls whole = withFiles(settings);
                for (Inside inside : Inside.values()) {
                    contexts.put(inside, context(whole, inside));
                }
            } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
                contexts.clear();
                why = "its certificates cannot be read: " + e.getMessage();
            }
        }
        unusable = why;
    }

    private static BackendTls withFiles(BackendTls settings) throws IOException {
        BackendTls.Builder whole = settings.toBuilder();
        if (!settings.getCaCertificatesFile().isEmpty()
                && settings.getCaCertificates().isEmpty()) {
            whole.setCaCertificates(Files.readString(Path.of(settings.getCaCertificatesFile())));
        }
        if (!settings.getClientCertificateFile().isEmpty()
                && settings.getClientCertificate().isEmpty()) {
            whole.setClientCertificate(Files.readString(Path.of(settings.getClientCertificateFile())))
                    .setClientKey(Files.readString(Path.of(settings.getClientKeyFile())));
        }
        return whole.build();
    }

    private static SslContext context(BackendTls settings, Inside inside) throws GeneralSecurityException, IOException {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(SslProvider.OPENSSL)
                .protocols("TLSv1.3", "TLSv1.2")
                .endpointIdentificationAlgorithm(null);
        if (settings.getInsecureSkipVerify()) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        } else {
            String bundle = settings.getCaCertificates();
            builder.trustManager(new OriginTrust(
                    bundle.isEmpty() ? Roots.system() : Roots.of(bundle), settings.getSubjectAltNamesList()));
        }
        if (!settings.getClientCertificate().isEmpty()) {
            builder.keyManager(
                    Pem.privateKey(settings.getClientKey()), Pem.certificates(settings.getClientCertificate()));
        }
        if (!inside.alpn.isEmpty()) {
            builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    List.of(inside.alpn)));
        }
        return builder.build();
    }

    /** Whether the name that is sent depends on the request. */
    public boolean takesNameOfRequest() {
        return settings.getSni().isEmpty();
    }

    /**
     * A handler that opens TLS and ends the connection if the server is not who it should be.
     *
     * @param requested the host of the request, without its port; used where the settings name no server
     * @throws SSLException if the settings cannot be used
     */
    public SslHandler newHandler(ByteBufAllocator allocator, String requested, int port, Inside inside)
            throws SSLException {
        SslContext context = contexts.get(inside);
        if (context == null) {
            throw new SSLException("TLS to the endpoint is unusable: " + unusable);
        }
        String name = settings.getSni().isEmpty() ? requested : settings.getSni();
        return name.isEmpty() ? context.newHandler(allocator) : context.newHandler(allocator, name, port);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TlsOrigination that && settings.equals(that.settings);
    }

    @Override
    public int hashCode() {
        return settings.hashCode();
    }
}

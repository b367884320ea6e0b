package io.periplus.dataplane.controlplane;

import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.periplus.dataplane.tls.Pem;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Opens channels to the control plane. Owns one event loop for all of them. */
public final class ControlPlaneChannels implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    /** The whole state of a large mesh comes as one message. */
    private static final int MESSAGE_BYTES_MAX = 200 << 20;

    private final ControlPlaneAddress address;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("control-plane", true), NioIoHandler.newFactory());

    public ControlPlaneChannels(ControlPlaneAddress address) {
        this.address = address;
    }

    /** Where the channels lead. */
    public ControlPlaneAddress address() {
        return address;
    }

    /**
     * A new channel. It trusts the root file as it is now, so open a new one when the file has changed.
     *
     * @param executor runs the callbacks of its calls
     * @throws IOException if the root file cannot be read or holds no certificate
     */
    public ManagedChannel open(Executor executor) throws IOException {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(
                        address.uri().getHost(), address.port())
                .eventLoopGroup(loop)
                .channelType(NioSocketChannel.class)
                .executor(executor)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .keepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .disableRetry();
        if (address.isPlaintext()) {
            return builder.usePlaintext().build();
        }
        SslContextBuilder tls = GrpcSslContexts.forClient();
        FileOrText roots = address.roots();
        String otherName = address.otherName();
        try {
            if (otherName != null) {
                tls.trustManager(new AlternativeName(trusting(roots), otherName));
            } else if (roots != null) {
                tls.trustManager(Pem.certificates(roots.read()));
            }
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new IOException("root certificates " + roots + ": " + e.getMessage(), e);
        }
        return builder.sslContext(tls.build()).build();
    }

    private static X509ExtendedTrustManager trusting(@Nullable FileOrText roots)
            throws GeneralSecurityException, IOException {
        KeyStore store = null;
        if (roots != null) {
            store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (X509Certificate root : Pem.certificates(roots.read())) {
                store.setCertificateEntry("root-" + store.size(), root);
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new KeyStoreException("this JDK has no trust manager for X.509");
    }

    /** Token and headers for each call. */
    public CallCredentials callHeaders() {
        return new CallHeaders(address);
    }

    /** The roots as they are now, for noticing changes; empty if there are none. */
    public String rootsNow() throws IOException {
        FileOrText roots = address.roots();
        return roots == null ? "" : roots.read();
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }
}

package io.periplus.dataplane.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A proxy that ends: what a client sees of it on a connection that is relayed. */
@Timeout(20)
class RelayDrainTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final Duration WITHIN = Duration.ofMillis(600);
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final String SETTINGS = "\0\0\0\4\0\0\0\0\0";
    private static final int READ_MILLIS = 5000;
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final int CHUNK = 64 << 10;
    private final EventLoopGroup loops = EpollLoops.newGroup("relay", 1);
    private final CompletableFuture<Channel> relayed = new CompletableFuture<>();
    private final CompletableFuture<Channel> upstreamOf = new CompletableFuture<>();
    private ServerSocketChannel listener;
    private Socket client;
    private Socket server;

    @BeforeEach
    void connect() throws Exception {
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0));
        SocketFactory sockets = SocketFactory.own(SocketSettings.PLAIN);
        EventLoop loop = loops.next();
        ChannelFuture proxy =
                sockets.listen(loop, new InetSocketAddress(LOOPBACK, 0), false, new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        Held.hold(accepted);
                        InetSocketAddress upstream = new InetSocketAddress(
                                LOOPBACK, listener.socket().getLocalPort());
                        ChannelFuture connecting = sockets.connect(loop, upstream, null, CloseOnError.HANDLER);
                        connecting.channel().config().setAutoRead(false);
                        connecting.addListener(_ -> {
                            Relay.join(
                                    (DuplexChannel) accepted,
                                    (DuplexChannel) connecting.channel(),
                                    PATIENCE,
                                    _ -> {},
                                    _ -> {},
                                    _ -> {});
                            upstreamOf.complete(connecting.channel());
                            relayed.complete(accepted);
                        });
                    }
                });
        InetSocketAddress address = (InetSocketAddress) proxy.sync().channel().localAddress();
        client = SocketChannel.open(new InetSocketAddress(LOOPBACK, address.getPort()))
                .socket();
        client.setSoTimeout(READ_MILLIS);
        server = listener.accept().socket();
        server.setSoTimeout(READ_MILLIS);
        relayed.get(5, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
        listener.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void anIdleConnectionEndsLikeAServersInTheLastQuarterOfTheTime() throws Exception {
        exchange("ask", "answer");
        long start = System.nanoTime();
        drain();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThat(System.nanoTime() - start).isGreaterThan(WITHIN.toNanos() / 4 * 3);
        assertThat(server.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aRequestThatWaitsForItsAnswerIsNotCut() throws Exception {
        exchange("ask", "answer");
        write(client, "again");
        assertThat(read(server, 5)).isEqualTo("again");
        drain();
        client.setSoTimeout((int) WITHIN.multipliedBy(2).toMillis());
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        client.setSoTimeout(READ_MILLIS);
        write(server, "late");
        assertThat(read(client, 4)).isEqualTo("late");
        assertThat(client.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void anAnswerThatTheClientHasNotTakenYetIsNotCut() throws Exception {
        write(client, "ask");
        assertThat(read(server, 3)).isEqualTo("ask");
        int sent = fill(server, relayed.join());
        drain();
        server.setSoTimeout((int) WITHIN.multipliedBy(2).toMillis());
        assertThatThrownBy(() -> server.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

        assertThat(client.getInputStream().readNBytes(sent)).hasSize(sent);
        assertThat(client.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aBusyConnectionIsCaughtBetweenTwoRequests() throws Exception {
        drain();
        int answered = 0;
        while (true) {
            write(client, "ask");
            if (server.getInputStream().read() < 0) {
                break;
            }
            read(server, 2);
            write(server, "a");
            if (client.getInputStream().read() < 0) {
                break;
            }
            answered++;
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(answered).isPositive();
    }

    @Test
    void anHttp2ClientIsToldToGoElsewhereAndFinishesHere() throws Exception {
        exchange(PREFACE, SETTINGS);
        write(client, "a stream that waits for its answer");
        drain();
        byte[] frame = client.getInputStream().readNBytes(17);
        assertThat(frame).containsExactly(0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7f, -1, -1, -1, 0, 0, 0, 0);
        assertThat(read(server, 34)).isEqualTo("a stream that waits for its answer");
        write(server, "its answer");
        assertThat(read(client, 10)).isEqualTo("its answer");
    }

    @Test
    void noFrameIsPutIntoAnotherOne() throws Exception {
        exchange(PREFACE, SETTINGS + "\0\0\7\0\0\0\0\0\1beg");
        drain();
        client.setSoTimeout((int) WITHIN.dividedBy(2).toMillis());
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        write(server, "inni");
        assertThat(read(client, 4)).isEqualTo("inni");
        assertThat(client.getInputStream().readNBytes(17)[3]).isEqualTo((byte) 7);
    }

    @Test
    void noFrameIsPutBetweenTwoOfAHeaderBlock() throws Exception {
        exchange(PREFACE, SETTINGS + "\0\0\2\1\0\0\0\0\1he");
        drain();
        client.setSoTimeout((int) WITHIN.dividedBy(2).toMillis());
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        String more = "\0\0\2\11\0\0\0\0\1ad";
        write(server, more);
        assertThat(read(client, more.length())).isEqualTo(more);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        String last = "\0\0\2\11\4\0\0\0\1er";
        write(server, last);
        assertThat(read(client, last.length())).isEqualTo(last);
        client.setSoTimeout(READ_MILLIS);
        assertThat(client.getInputStream().readNBytes(17)[3]).isEqualTo((byte) 7);
    }

    @Test
    void aServerOfHttp2MaySpeakFirst() throws Exception {
        write(server, SETTINGS);
        assertThat(read(client, 9)).isEqualTo(SETTINGS);
        write(client, PREFACE);
        assertThat(read(server, 24)).isEqualTo(PREFACE);
        drain();
        assertThat(client.getInputStream().readNBytes(17)[3]).isEqualTo((byte) 7);
    }

    @Test
    void aServerThatTakesNothingIsGivenUpOnceItsClientIsGone() throws Exception {
        Channel toServer = upstreamOf.join();
        fill(client, toServer);
        // With a reset: an end would only be the client's half of it.
        client.setSoLinger(true, 0);
        client.close();

        assertThat(relayed.join().closeFuture().await(READ_MILLIS)).isTrue();
        assertThat(toServer.closeFuture().await(READ_MILLIS)).isTrue();
    }

    @Test
    void aServerThatIsSlowGetsAllThatAClientSentWhoIsGone() throws Exception {
        Channel toServer = upstreamOf.join();
        int sent = fill(client, toServer);
        client.shutdownOutput();
        client.close();

        assertThat(server.getInputStream().readNBytes(sent)).hasSize(sent);
        assertThat(server.getInputStream().read()).isEqualTo(-1);
    }

    /** Writes until neither the proxy nor the kernel takes more; everything has left {@code from} then. */
    private static int fill(Socket from, Channel target) throws Exception {
        SocketChannel channel = from.getChannel();
        channel.configureBlocking(false);
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        int sent = 0;
        int taken;
        do {
            taken = channel.write(chunk.clear());
            sent += taken;
        } while (taken > 0
                || target.eventLoop()
                        .submit(() -> target.unsafe().outboundBuffer().totalPendingWriteBytes() == 0)
                        .get());
        channel.configureBlocking(true);
        return sent;
    }

    private void drain() {
        Relay.drain(relayed.join(), WITHIN);
    }

    private void exchange(String question, String answer) throws IOException {
        write(client, question);
        assertThat(read(server, question.length())).isEqualTo(question);
        write(server, answer);
        assertThat(read(client, answer.length())).isEqualTo(answer);
    }

    private static void write(Socket to, String text) throws IOException {
        to.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String read(Socket from, int bytes) throws IOException {
        InputStream in = from.getInputStream();
        return new String(in.readNBytes(bytes), StandardCharsets.US_ASCII);
    }
}

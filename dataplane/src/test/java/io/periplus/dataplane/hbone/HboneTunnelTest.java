package io.periplus.dataplane.hbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class HboneTunnelTest {
    private final Mesh mesh = new Mesh();

    @AfterEach
    void close() {
        mesh.close();
    }

    @Test
    void bytesGoThereAndBack() throws Exception {
        var address = mesh.listen(mesh.server(request -> request.accept(Echo::on)));

        assertThat(mesh.open(mesh.target(address)).send("ahoy").end().text()).isEqualTo("ahoy");
    }

    @Test
    void theServerSeesWhoAsksForWhat() throws Exception {
        AtomicReference<HboneRequest> seen = new AtomicReference<>();
        var address = mesh.listen(mesh.server(request -> {
            seen.set(request);
            request.accept(Echo::on);
        }));

        mesh.open(mesh.target(address)).end().all();

        assertThat(seen.get().peer()).isEqualTo(mesh.client.identity());
        assertThat(seen.get().authority()).isEqualTo("10.1.2.3:80");
        assertThat(seen.get().header("baggage")).isEqualTo("k8s.pod.name=cart");
        assertThat(seen.get().localAddress()).isEqualTo(address);
    }

    @Test
    void largeBodiesArriveWhole() throws Exception {
        var address = mesh.listen(mesh.server(request -> request.accept(Echo::on)));
        byte[] body = new byte[24 << 20];
        new Random(1).nextBytes(body);

        TunnelClient client = mesh.open(mesh.target(address));
        for (int from = 0; from < body.length; from += 1 << 20) {
            client.send(Arrays.copyOfRange(body, from, from + (1 << 20)));
        }

        assertThat(client.end().all()).isEqualTo(body);
    }

    @Test
    void theServerMayAnswerAfterTheClientHasEnded() throws Exception {
        CompletableFuture<Channel> atServer = new CompletableFuture<>();
        var address = mesh.listen(mesh.server(request -> request.accept(tunnel -> {
            tunnel.pipeline().addLast(new TunnelClient.Collector());
            atServer.complete(tunnel);
        })));

        TunnelClient client = mesh.open(mesh.target(address)).send("question").end();
        Channel server = atServer.get(5, TimeUnit.SECONDS);
        var collector = server.pipeline().get(TunnelClient.Collector.class);
        assertThat(collector.end.get(5, TimeUnit.SECONDS)).asString().isEqualTo("question");
        assertThat(client.tunnel.isOpen()).isTrue();

        server.writeAndFlush(Unpooled.copiedBuffer("answer".getBytes())).sync();
        ((io.netty.channel.socket.DuplexChannel) server).shutdownOutput().sync();

        assertThat(client.text()).isEqualTo("answer");
        await().untilAsserted(() ->
                assertThat(client.tunnel.isOpen() || server.isOpen()).isFalse());
    }

    @Test
    void aReaderThatStopsHoldsTheWriterBack() throws Exception {
        CompletableFuture<Channel> atServer = new CompletableFuture<>();
        var address = mesh.listen(mesh.server(request -> request.accept(tunnel -> {
            tunnel.config().setAutoRead(false);
            tunnel.pipeline().addLast(new TunnelClient.Collector());
            atServer.complete(tunnel);
        })));
        TunnelClient client = mesh.open(mesh.target(address));
        byte[] chunk = new byte[64 << 10];
        int written = 0;
        for (; client.tunnel.isWritable() && written < 64 << 20; written += chunk.length) {
            client.tunnel.writeAndFlush(Unpooled.wrappedBuffer(chunk)).await(50);
        }
        // One stream window, the writer's own buffer, and the chunk that crossed its mark.
        assertThat(written).isLessThan(mesh.settings.streamWindow() + (1 << 20));

        // Other streams of the connection are not blocked by it.
        assertThat(mesh.open(mesh.target(address)).tunnel.isOpen()).isTrue();
        assertThat(mesh.accepted).hasValue(1);

        Channel server = atServer.get();
        server.config().setAutoRead(true);
        var collector = server.pipeline().get(TunnelClient.Collector.class);
        int total = written;
        await().untilAsserted(() -> assertThat(collector.count).isEqualTo(total));
        await().untilAsserted(() -> assertThat(client.tunnel.isWritable()).isTrue());
    }

    @Test
    void closingATunnelEndsTheOtherSideAndLeavesTheConnection() throws Exception {
        CompletableFuture<Channel> atServer = new CompletableFuture<>();
        TunnelClient.Collector collector = new TunnelClient.Collector();
        var address = mesh.listen(mesh.server(request -> request.accept(tunnel -> {
            tunnel.pipeline().addLast(collector);
            atServer.complete(tunnel);
        })));
        TunnelClient client = mesh.open(mesh.target(address)).send("half a");
        client.tunnel.close().sync();

        Channel server = atServer.get(5, TimeUnit.SECONDS);
        // CANCEL reads as the end of the stream, not as an error.
        assertThat(collector.end.get(5, TimeUnit.SECONDS)).asString().isEqualTo("half a");
        await().untilAsserted(() -> assertThat(server.isOpen()).isFalse());
        assertThat(mesh.serverConnections.getFirst().isActive()).isTrue();
    }

    @Test
    void whatWasWrittenBeforeATunnelIsClosedInTheSameTurnArrives() throws Exception {
        CompletableFuture<Channel> atServer = new CompletableFuture<>();
        var address = mesh.listen(mesh.server(request -> request.accept(atServer::complete)));
        TunnelClient client = mesh.open(mesh.target(address));
        Channel server = atServer.get(5, TimeUnit.SECONDS);
        server.eventLoop().execute(() -> {
            server.writeAndFlush(Unpooled.copiedBuffer("half an answer".getBytes()));
            server.close();
        });
        assertThat(client.text()).isEqualTo("half an answer");
    }

    @Test
    void dataSentBeforeTheAnswerIsKept() throws Exception {
        CompletableFuture<HboneRequest> asked = new CompletableFuture<>();
        var address = mesh.listen(mesh.server(asked::complete));
        var opening = mesh.connect(mesh.target(address));
        HboneRequest request = asked.get(5, TimeUnit.SECONDS);
        assertThat(opening.await(100)).isFalse();

        request.eventLoop().execute(() -> request.accept(Echo::on));

        assertThat(opening.await(Duration.ofSeconds(5).toMillis())).isTrue();
        opening.getNow().close().sync();
    }
}

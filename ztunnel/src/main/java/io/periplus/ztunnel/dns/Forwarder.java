package io.periplus.ztunnel.dns;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.periplus.dataplane.net.SocketFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Passes queries on as they are and answers back as they come, so that whatever is new in the DNS works through it. Each
 * attempt has a socket and an id of its own, which is what makes answers hard to forge.
 */
final class Forwarder {
    /** Clients as a rule give up after five seconds; within that, a second server or a second attempt has its chance. */
    private static final Duration ATTEMPT = Duration.ofSeconds(2);

    private static final int ATTEMPTS_MIN = 2;

    private final SocketFactory sockets;
    private final List<InetSocketAddress> servers;

    Forwarder(SocketFactory sockets, List<InetSocketAddress> servers) {
        this.sockets = sockets;
        this.servers = servers;
    }

    /**
     * Asks the servers in turn, over UDP first; over TCP if the answer is cut short and the client can take it whole.
     *
     * @return the answer with the client's id; fails if no server answers
     */
    Future<byte[]> ask(EventLoop loop, byte[] message, DnsQuery query, Transport client) {
        Promise<byte[]> done = loop.newPromise();
        if (servers.isEmpty()) {
            return done.setFailure(new IOException("resolv.conf names no server to ask"));
        }
        attempt(new Asking(loop, message, query, client, done), 0);
        return done;
    }

    private record Asking(EventLoop loop, byte[] message, DnsQuery query, Transport client, Promise<byte[]> done) {
        void answer(byte[] answer) {
            // Not ours to vouch for, and recursion is what we are for.
            ByteBuffer.wrap(answer).putShort(0, (short) query.id()).putShort(2, (short)
                    (((answer[2] & 0xff) << 8 | answer[3] & 0xff) & ~DnsCode.FLAG_AUTHORITATIVE
                            | DnsCode.FLAG_RECURSION_AVAILABLE));
            done.trySuccess(answer);
        }
    }

    private void attempt(Asking asking, int number) {
        InetSocketAddress server = servers.get(number % servers.size());
        send(asking, server, Transport.UDP).addListener((Future<byte[]> answered) -> {
            if (!answered.isSuccess()) {
                if (number + 1 < Math.max(ATTEMPTS_MIN, servers.size())) {
                    attempt(asking, number + 1);
                } else {
                    asking.done.tryFailure(answered.cause());
                }
            } else if (asking.client == Transport.TCP && isTruncated(answered.getNow())) {
                send(asking, server, Transport.TCP).addListener((Future<byte[]> whole) -> {
                    // A part is better than nothing, and it says that it is a part.
                    asking.answer(whole.isSuccess() ? whole.getNow() : answered.getNow());
                });
            } else {
                asking.answer(answered.getNow());
            }
        });
    }

    private Future<byte[]> send(Asking asking, InetSocketAddress server, Transport over) {
        int id = ThreadLocalRandom.current().nextInt(0x10000);
        byte[] message = asking.message.clone();
        ByteBuffer.wrap(message).putShort(0, (short) id);
        Exchange exchange = new Exchange(asking.loop, server, message, id, asking.query, ATTEMPT);
        return over == Transport.UDP ? exchange.overUdp(sockets) : exchange.overTcp(sockets);
    }

    private static boolean isTruncated(byte[] answer) {
        return (answer[2] & DnsCode.FLAG_TRUNCATED >>> 8) != 0;
    }
}

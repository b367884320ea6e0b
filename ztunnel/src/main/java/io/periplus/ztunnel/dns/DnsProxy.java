package io.periplus.ztunnel.dns;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.wire.workload.Workload;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one pod's queries. Confined to one event loop.
 *
 * <p>A name of the mesh is answered with authority from the newest index; everything else goes to the resolvers, whose
 * answers, good or bad, are passed through. A name of the mesh without an address of the family that is asked for has an
 * empty answer: it exists, and saying otherwise would keep clients from asking for the other family.
 */
final class DnsProxy {
    private static final Logger LOG = LoggerFactory.getLogger(DnsProxy.class);

    /** Queries of one pod that wait for an answer; each holds a socket. Beyond, clients are told to try again. */
    private static final int WAITING_MAX = 256;

    private final EventLoop loop;
    private final IndexStore index;
    private final Supplier<CompletableFuture<Workload>> client;
    private final MeshNames names;
    private final Forwarder forwarder;
    private final DnsMetrics metrics;
    private int waiting;
    private @Nullable Runnable onIdle;

    /** @param client the pod's own record, as soon as it is known */
    DnsProxy(
            EventLoop loop,
            IndexStore index,
            Supplier<CompletableFuture<Workload>> client,
            DnsSettings settings,
            SocketFactory sockets,
            DnsMetrics metrics) {
        this.loop = loop;
        this.index = index;
        this.client = client;
        this.names = new MeshNames(settings);
        this.forwarder = new Forwarder(sockets, settings.resolvers());
        this.metrics = metrics;
    }

    /** Runs {@code then} once, as soon as nobody waits for an answer; on the loop, as all else. */
    void whenIdle(Runnable then) {
        onIdle = then;
        settle();
    }

    private void settle() {
        Runnable then = onIdle;
        if (then != null && waiting == 0) {
            onIdle = null;
            then.run();
        }
    }

    /**
     * Answers a message.
     *
     * @param reply called on the loop, at most once: not at all for what must not be answered
     */
    void received(byte[] message, Transport transport, Consumer<byte[]> reply) {
        switch (DnsReader.query(message)) {
            case Received.Noise() ->
                LOG.debug("{} bytes over {} are no query; not answered", message.length, transport);
            case Received.Bad bad -> {
                LOG.debug("a query of {} bytes over {} is refused with code {}", message.length, transport, bad.code());
                reply.accept(DnsWriter.failure(bad));
            }
            case DnsQuery query
            when waiting >= WAITING_MAX -> reply.accept(DnsWriter.failure(query, DnsCode.SERVER_FAILURE));
            case DnsQuery query -> {
                waiting++;
                client.get()
                        .whenComplete((workload, _) -> onLoop(() -> {
                            waiting--;
                            answer(query, message, transport, workload, reply);
                            settle();
                        }));
            }
        }
    }

    private void answer(
            DnsQuery query, byte[] message, Transport transport, @Nullable Workload workload, Consumer<byte[]> reply) {
        metrics.requested(query, transport, workload);
        if (workload == null) {
            reply.accept(DnsWriter.failure(query, DnsCode.SERVER_FAILURE));
            return;
        }
        String name = query.name();
        MeshNames.Found found = query.isForAddresses() && name != null
                ? names.find(index.current(), workload, name, query.type())
                : null;
        if (found != null) {
            int limit = transport == Transport.UDP ? query.datagramLimit() : DnsCode.MESSAGE_BYTES_MAX;
            reply.accept(DnsWriter.addresses(query, found.alias(), found.addresses(), limit));
        } else {
            forward(query, message, transport, workload, reply);
        }
    }

    private void forward(
            DnsQuery query, byte[] message, Transport transport, Workload workload, Consumer<byte[]> reply) {
        long start = System.nanoTime();
        waiting++;
        forwarder.ask(loop, message, query, transport).addListener((Future<byte[]> asked) -> {
            metrics.forwarded(query, transport, workload, System.nanoTime() - start, asked.isSuccess());
            if (asked.isSuccess()) {
                reply.accept(asked.getNow());
            } else {
                LOG.debug("{}: {}", query.name(), asked.cause().toString());
                reply.accept(DnsWriter.failure(query, DnsCode.SERVER_FAILURE));
            }
            waiting--;
            settle();
        });
    }

    private void onLoop(Runnable work) {
        if (loop.inEventLoop()) {
            work.run();
        } else {
            loop.execute(work);
        }
    }
}

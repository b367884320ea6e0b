package io.periplus.waypoint.edge;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.waypoint.exchange.LoopServices;
import io.periplus.wire.waypoint.Gateway;
import io.periplus.wire.waypoint.Listener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the open ports as the Gateway says: new ones are opened, removed ones closed, and the plan of one that stays is
 * replaced without touching its socket.
 */
public final class Edge {
    private static final Logger LOG = LoggerFactory.getLogger(Edge.class);

    /** How long connections of a listener that is gone may go on: upstream's default for drains after a change. */
    private static final Duration DRAIN = Duration.ofSeconds(45);

    /** A port may be in use for a moment, by a process that is about to end. */
    private static final int RETRY_SECONDS = 2;

    private final Iterable<EventLoop> loops;
    private final SocketFactory sockets;
    private final Function<EventLoop, LoopServices> services;
    private final Consumer<Channel> onConnection;
    private final InetAddress address;
    private final String network;
    private final EdgeRules rules;
    private final ReentrantLock changing = new ReentrantLock();
    private final Map<Integer, EdgePort> ports = new TreeMap<>();
    private Gateway wanted = Gateway.getDefaultInstance();
    private boolean retrying;
    private boolean closed;

    /**
     * @param onConnection hears of every connection that is accepted, on its event loop
     * @param address to listen on
     * @param network of this proxy
     */
    public Edge(
            Iterable<EventLoop> loops,
            SocketFactory sockets,
            Function<EventLoop, LoopServices> services,
            Consumer<Channel> onConnection,
            InetAddress address,
            String network,
            EdgeRules rules) {
        this.loops = loops;
        this.sockets = sockets;
        this.services = services;
        this.onConnection = onConnection;
        this.address = address;
        this.network = network;
        this.rules = rules;
    }

    /**
     * Closes the ports that {@code gateway} has no listeners for, and lets what is in progress there finish. On return every
     * connection there has heard of it. Not on an event loop.
     */
    public void closePortsNotIn(Gateway gateway) {
        changing.lock();
        try {
            Set<Integer> kept =
                    gateway.getListenersList().stream().map(Listener::getPort).collect(Collectors.toSet());
            boolean any = ports.entrySet().removeIf(open -> {
                boolean gone = !kept.contains(open.getKey());
                if (gone) {
                    LOG.info("port {} is closed: no listener has it any more", open.getKey());
                    open.getValue().retire(DRAIN);
                }
                return gone;
            });
            if (any) {
                loops.forEach(loop -> loop.submit(() -> {}).syncUninterruptibly());
            }
        } finally {
            changing.unlock();
        }
    }

    /** Opens, changes and closes ports until they are as {@code gateway} says. Not on an event loop. */
    public void apply(Gateway gateway) {
        changing.lock();
        try {
            wanted = gateway;
            if (!closed) {
                closePortsNotIn(gateway);
                openPorts();
            }
        } finally {
            changing.unlock();
        }
    }

    private void openPorts() {
        Map<Integer, List<Listener>> byPort = new TreeMap<>();
        for (Listener listener : wanted.getListenersList()) {
            byPort.computeIfAbsent(listener.getPort(), _ -> new ArrayList<>()).add(listener);
        }
        EdgeContext context = new EdgeContext(wanted.getNamespace(), wanted.getName(), network, rules, services);
        byPort.forEach((number, listeners) -> {
            EdgePort open = ports.get(number);
            if (open == null) {
                open(number, PortPlans.of(context, number, listeners, null));
            } else {
                open.change(PortPlans.of(context, number, listeners, open.plan()), DRAIN);
            }
        });
    }

    private void open(int number, PortPlan plan) {
        try {
            ports.put(
                    number, EdgePort.open(new InetSocketAddress(address, number), plan, loops, sockets, onConnection));
            LOG.info("port {} is open", number);
        } catch (IllegalStateException e) {
            LOG.error(
                    "port {} cannot be opened: {}; is another process on it, or does this one lack NET_BIND_SERVICE?"
                            + " next attempt in {} s",
                    number,
                    String.valueOf(e.getCause()),
                    RETRY_SECONDS);
            retryLater();
        }
    }

    private void retryLater() {
        if (!retrying) {
            retrying = true;
            CompletableFuture.delayedExecutor(
                            RETRY_SECONDS,
                            TimeUnit.SECONDS,
                            task -> Thread.ofVirtual().name("ports").start(task))
                    .execute(this::retry);
        }
    }

    private void retry() {
        changing.lock();
        try {
            retrying = false;
            apply(wanted);
        } finally {
            changing.unlock();
        }
    }

    /** What a client that connects from there would find on a port of the Gateway; touches no connection. */
    public Arrival arrival(int port, InetSocketAddress remote, boolean tls, String serverName) {
        changing.lock();
        try {
            EdgePort open = ports.get(port);
            return open == null
                    ? new Arrival.Refused("no listener has port " + port + "; open are " + ports.keySet())
                    : open.plan().arrival(remote, new InetSocketAddress(address, port), tls, serverName);
        } finally {
            changing.unlock();
        }
    }

    /** Ports that are open. */
    public List<Integer> ports() {
        changing.lock();
        try {
            return List.copyOf(ports.keySet());
        } finally {
            changing.unlock();
        }
    }

    /** Tells every connection to finish; new ones are still accepted. */
    public void drain() {
        forEachPort(EdgePort::drain);
    }

    /** Accepts nothing any more, whatever the Gateway says later. */
    public void stopAccepting() {
        forEachPort(EdgePort::stopAccepting);
    }

    private void forEachPort(Consumer<EdgePort> action) {
        changing.lock();
        try {
            closed = true;
            ports.values().forEach(action);
        } finally {
            changing.unlock();
        }
    }
}

package io.periplus.waypoint.upstream;

import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.resolver.dns.DefaultDnsCache;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The addresses behind host names, for one event loop. A name that is in use is looked up again when its answer expires; an
 * answer that fails leaves the addresses that were known.
 */
public final class Hostnames implements AutoCloseable {
    /** How often an answer is looked at; the resolver asks a server only if the answer's TTL is over. */
    private static final int LOOK_SECONDS = 5;

    private static final int AFTER_FAILURE_SECONDS = 60;

    /** Answers that want to be kept longer are asked for again all the same. */
    private static final int TTL_SECONDS_MAX = 3600;

    /** Names at a time: those of ServiceEntries, and below wildcards those that clients have chosen within minutes. */
    private static final int NAMES_MAX = 8192;

    private static final int NEGATIVE_TTL_SECONDS = 5;
    private static final long UNUSED_NANOS_MAX = TimeUnit.MINUTES.toNanos(5);

    /** What is known of one name. */
    private static final class Entry {
        List<InetAddress> addresses = List.of();
        long usedNanos;
    }

    private final EventLoop loop;
    private final Function<String, Future<List<InetAddress>>> lookup;
    private final Runnable onClose;
    private final Map<String, Entry> entries = new HashMap<>();
    private int version;

    /** @param lookup asks for a name's addresses, on the event loop */
    public Hostnames(EventLoop loop, Function<String, Future<List<InetAddress>>> lookup, Runnable onClose) {
        this.loop = loop;
        this.lookup = lookup;
        this.onClose = onClose;
    }

    /** Names as the system resolves them: hosts file, name servers and search domains. */
    public static Hostnames ofSystem(EventLoop loop) {
        SystemResolver system = new SystemResolver(loop);
        return new Hostnames(loop, system::lookup, system::close);
    }

    /** Made with the first name; most proxies never see one. */
    private static final class SystemResolver {
        private final EventLoop loop;
        private @Nullable DnsNameResolver resolver;

        SystemResolver(EventLoop loop) {
            this.loop = loop;
        }

        Future<List<InetAddress>> lookup(String name) {
            DnsNameResolver present = resolver;
            if (present == null) {
                present = new DnsNameResolverBuilder(loop)
                        .datagramChannelType(EpollDatagramChannel.class)
                        .socketChannelType(EpollSocketChannel.class)
                        .resolveCache(new DefaultDnsCache(0, TTL_SECONDS_MAX, NEGATIVE_TTL_SECONDS))
                        .build();
                resolver = present;
            }
            return present.resolveAll(name);
        }

        void close() {
            DnsNameResolver present = resolver;
            if (present != null) {
                present.close();
            }
        }
    }

    /** The newest addresses, empty if there was no answer yet. From now on the name is in use. */
    List<InetAddress> known(String name) {
        return entry(name).addresses;
    }

    /** Changes whenever the addresses of some name do. */
    int version() {
        return version;
    }

    /** The addresses, at least one: those that are known, else those of the next answer. */
    Future<List<InetAddress>> resolve(String name) {
        if (entries.size() >= NAMES_MAX && !entries.containsKey(name)) {
            return loop.newFailedFuture(new UnknownHostException(
                    "cannot resolve " + name + ": " + NAMES_MAX + " other names are in use, which is the most"));
        }
        List<InetAddress> known = known(name);
        return known.isEmpty() ? look(name) : loop.newSucceededFuture(known);
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            entry = new Entry();
            entries.put(name, entry);
            refresh(name);
        }
        entry.usedNanos = System.nanoTime();
        return entry;
    }

    private void refresh(String name) {
        Entry entry = entries.get(name);
        if (entry == null || System.nanoTime() - entry.usedNanos > UNUSED_NANOS_MAX && entry.usedNanos != 0) {
            entries.remove(name);
            return;
        }
        look(name)
                .addListener(found -> loop.schedule(
                        () -> refresh(name),
                        found.isSuccess() ? LOOK_SECONDS : AFTER_FAILURE_SECONDS,
                        TimeUnit.SECONDS));
    }

    private Future<List<InetAddress>> look(String name) {
        Promise<List<InetAddress>> promise = loop.newPromise();
        lookup.apply(name).addListener((Future<List<InetAddress>> found) -> {
            if (found.isSuccess() && !found.getNow().isEmpty()) {
                List<InetAddress> addresses = found.getNow().stream()
                        .sorted(Comparator.comparing(InetAddress::getHostAddress))
                        .toList();
                learn(name, addresses);
                promise.trySuccess(addresses);
            } else {
                promise.tryFailure(failure(name, found.cause()));
            }
        });
        return promise;
    }

    private static UnknownHostException failure(String name, Throwable cause) {
        UnknownHostException failure = new UnknownHostException("cannot resolve " + name + ": "
                + (cause == null || cause.getMessage() == null ? "no addresses" : cause.getMessage()));
        failure.initCause(cause);
        return failure;
    }

    private void learn(String name, List<InetAddress> addresses) {
        Entry entry = entries.get(name);
        if (entry != null && !entry.addresses.equals(addresses)) {
            entry.addresses = addresses;
            version++;
        }
    }

    @Override
    public void close() {
        onClose.run();
    }
}

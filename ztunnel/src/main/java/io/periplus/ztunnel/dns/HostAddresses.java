package io.periplus.ztunnel.dns;

import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.periplus.dataplane.address.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The addresses of workloads that the mesh knows by host name only, asked of the node's own resolvers in the process's own
 * namespace; also those of names that applications ask for through SOCKS5. Answers are kept as long as they say, at most an
 * hour, and of so many names.
 */
public final class HostAddresses implements AutoCloseable {
    /** More names than a node talks to within an hour, and a few megabytes if somebody asks for as many as he can. */
    static final int NAMES_MAX = 4096;

    private static final int TTL_SECONDS_MAX = 3600;
    /** A name that does not exist now may exist soon, but not for each of many connections anew. */
    private static final int NEGATIVE_TTL_SECONDS = 5;

    private final DnsNameResolver resolver;

    /** @param loop that the sockets belong to; may be asked from any */
    public HostAddresses(EventLoop loop, DnsSettings settings) {
        DnsNameResolverBuilder builder = new DnsNameResolverBuilder(loop)
                .datagramChannelType(EpollDatagramChannel.class)
                .socketChannelType(EpollSocketChannel.class)
                .resolvedAddressTypes(
                        settings.ipv6() ? ResolvedAddressTypes.IPV4_PREFERRED : ResolvedAddressTypes.IPV4_ONLY)
                .completeOncePreferredResolved(false)
                .searchDomains(List.of())
                .ndots(1)
                .resolveCache(new BoundedCache(NAMES_MAX, TTL_SECONDS_MAX, NEGATIVE_TTL_SECONDS))
                // The resolvers follow aliases and delegations, and what they answer is kept above.
                .cnameCache(NoopDnsCnameCache.INSTANCE)
                .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE);
        List<InetSocketAddress> servers = settings.resolvers();
        if (!servers.isEmpty()) {
            builder.nameServerProvider(new SequentialDnsServerAddressStreamProvider(servers));
        }
        this.resolver = builder.build();
    }

    /**
     * One address at random, of the wanted family if there is one.
     *
     * @param loop that the answer is given on
     */
    public Future<IpAddress> resolve(EventLoop loop, String hostname, boolean wantsIpv4) {
        Promise<IpAddress> chosen = loop.newPromise();
        resolver.resolveAll(hostname).addListener((Future<List<InetAddress>> found) -> {
            if (found.isSuccess() && !found.getNow().isEmpty()) {
                chosen.setSuccess(choose(found.getNow(), wantsIpv4));
            } else {
                UnknownHostException failure = new UnknownHostException("cannot resolve the endpoint's host name "
                        + hostname
                        + (found.cause() == null ? "" : ": " + found.cause().getMessage()));
                failure.initCause(found.cause());
                chosen.setFailure(failure);
            }
        });
        return chosen;
    }

    private static IpAddress choose(List<InetAddress> all, boolean wantsIpv4) {
        List<IpAddress> addresses = all.stream().map(IpAddress::of).toList();
        List<IpAddress> wanted =
                addresses.stream().filter(a -> a.isIpv4() == wantsIpv4).toList();
        List<IpAddress> from = wanted.isEmpty() ? addresses : wanted;
        return from.get(ThreadLocalRandom.current().nextInt(from.size()));
    }

    @Override
    public void close() {
        resolver.close();
    }
}

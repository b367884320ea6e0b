package io.periplus.ztunnel.dns;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DefaultDnsCache;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import java.net.InetAddress;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers by name, as long as they last, of the names that were answered last: an application may ask for any number of names,
 * and a domain with a wildcard has them all. Read by any thread, written by the resolver's event loop alone.
 */
final class BoundedCache implements DnsCache {
    private final int namesMax;
    private final DefaultDnsCache answers;
    /** In the order in which they were first answered; some may have expired. Of the resolver's event loop. */
    private final Set<String> names = new LinkedHashSet<>();

    BoundedCache(int namesMax, int ttlSecondsMax, int negativeTtlSeconds) {
        this.namesMax = namesMax;
        this.answers = new DefaultDnsCache(0, ttlSecondsMax, negativeTtlSeconds);
    }

    @Override
    public @Nullable List<? extends DnsCacheEntry> get(String hostname, DnsRecord @Nullable [] additionals) {
        return answers.get(hostname, additionals);
    }

    @Override
    public DnsCacheEntry cache(
            String hostname,
            DnsRecord @Nullable [] additionals,
            InetAddress address,
            long originalTtl,
            EventLoop loop) {
        DnsCacheEntry entry = answers.cache(hostname, additionals, address, originalTtl, loop);
        keep(hostname);
        return entry;
    }

    @Override
    public DnsCacheEntry cache(String hostname, DnsRecord @Nullable [] additionals, Throwable cause, EventLoop loop) {
        DnsCacheEntry entry = answers.cache(hostname, additionals, cause, loop);
        keep(hostname);
        return entry;
    }

    private void keep(String hostname) {
        if (names.add(hostname) && names.size() > namesMax) {
            Iterator<String> eldest = names.iterator();
            answers.clear(eldest.next());
            eldest.remove();
        }
    }

    @Override
    public void clear() {
        // Called when the resolver is closed, on any thread; the names go with the cache.
        answers.clear();
    }

    @Override
    public boolean clear(String hostname) {
        return answers.clear(hostname);
    }
}

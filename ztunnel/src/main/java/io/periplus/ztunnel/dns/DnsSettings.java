package io.periplus.ztunnel.dns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * How names are answered.
 *
 * @param enabled whether there is a server in the pods at all
 * @param listen where, inside each pod; an address that a pod does not have is left out
 * @param resolvers whom names outside the mesh are asked of, in order
 * @param clusterDomain {@code cluster.local} as a rule
 * @param preferredNamespace whose service wins where nothing else decides; empty for none
 * @param ipv6 whether IPv6 addresses are answered
 */
public record DnsSettings(
        boolean enabled,
        List<InetSocketAddress> listen,
        List<InetSocketAddress> resolvers,
        String clusterDomain,
        String preferredNamespace,
        boolean ipv6) {
    /** Where the redirection rules lead queries to. */
    public static final int PORT = 15053;

    /** Loopback of both families. */
    public static final List<InetSocketAddress> LOOPBACK = List.of(
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), PORT),
            new InetSocketAddress(InetAddress.ofLiteral("::1"), PORT));

    /** No server. */
    public static final DnsSettings OFF = new DnsSettings(false, List.of(), List.of(), "cluster.local", "", true);
}

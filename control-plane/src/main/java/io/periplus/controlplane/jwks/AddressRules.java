package io.periplus.controlplane.jwks;

import io.periplus.api.Cidr;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which addresses keys may be fetched from. Whoever may write a RequestAuthentication chooses an URL that this process
 * opens; what only this machine should reach, such as a cloud's metadata, is none of them. Judged is the address that is
 * connected to, so that no name, redirection or discovery document leads around it.
 */
final class AddressRules {
    private static final List<Cidr> NEVER = Stream.of(
                    "0.0.0.0/8",
                    "169.254.0.0/16",
                    "100.100.100.200/32",
                    "192.0.0.192/32",
                    "224.0.0.0/3",
                    "::/128",
                    "fe80::/10",
                    "fd00:ec2::254/128",
                    "ff00::/8")
            .map(Cidr::parse)
            .flatMap(Optional::stream)
            .toList();

    /** Ports that this machine serves to itself alone, such as a process's own debug pages. */
    private static final List<Cidr> LOOPBACK = Stream.of("127.0.0.0/8", "::1/128")
            .map(Cidr::parse)
            .flatMap(Optional::stream)
            .toList();

    /** IPv4 behind a translator (RFC 6052 §2.1). */
    private static final Cidr TRANSLATED = Cidr.parse("64:ff9b::/96").orElseThrow();

    private final List<Cidr> blocked;
    private final List<Cidr> loopback;

    /** @param loopback whether servers on this machine may be asked */
    AddressRules(List<Cidr> blocked, boolean loopback) {
        this.blocked = blocked;
        this.loopback = loopback ? List.of() : LOOPBACK;
    }

    /** Throws for an address that must not be connected to. */
    void check(String host, InetAddress address) throws IOException {
        if (TRANSLATED.contains(address)) {
            byte[] bytes = address.getAddress();
            check(host, InetAddress.getByAddress(Arrays.copyOfRange(bytes, bytes.length - 4, bytes.length)));
        }
        for (List<Cidr> rules : List.of(NEVER, loopback, blocked)) {
            for (Cidr rule : rules) {
                if (rule.contains(address)) {
                    throw new IOException(host + " is " + address.getHostAddress() + ", which is blocked (" + rule
                            + (rules == blocked
                                    ? " in BLOCKED_CIDRS_IN_JWKS_URIS)"
                                    : rules == loopback ? "; PERIPLUS_JWKS_FROM_LOOPBACK=true allows it)" : ")"));
                }
            }
        }
    }
}

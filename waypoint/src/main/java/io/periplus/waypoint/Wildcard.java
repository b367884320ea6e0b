package io.periplus.waypoint;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** Every address of this machine: of both families where the kernel has IPv6, as a socket on {@code ::} takes IPv4 too. */
final class Wildcard {
    static final InetAddress ADDRESS =
            InetAddress.ofLiteral(Files.exists(Path.of("/proc/net/if_inet6")) ? "::" : "0.0.0.0");

    private Wildcard() {}
}

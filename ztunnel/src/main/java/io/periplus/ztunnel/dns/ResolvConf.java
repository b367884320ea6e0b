package io.periplus.ztunnel.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The name servers of {@code resolv.conf(5)}. Search domains do not matter here: clients have applied their own. */
public final class ResolvConf {
    private static final Logger LOG = LoggerFactory.getLogger(ResolvConf.class);
    private static final int PORT = 53;
    /** The C library's own limit. */
    private static final int SERVERS_MAX = 3;

    private ResolvConf() {}

    /** Of a file; none, with a warning, if it cannot be read. */
    public static List<InetSocketAddress> resolvers(Path file) {
        try {
            return parse(Files.readAllLines(file));
        } catch (IOException e) {
            LOG.warn("{}: {}; names outside the mesh cannot be resolved", file, e.toString());
            return List.of();
        }
    }

    static List<InetSocketAddress> parse(List<String> lines) {
        List<InetSocketAddress> servers = new ArrayList<>(SERVERS_MAX);
        for (String line : lines) {
            String[] words = line.strip().split("\\s+");
            if (words.length < 2 || !words[0].equals("nameserver") || servers.size() == SERVERS_MAX) {
                continue;
            }
            try {
                servers.add(new InetSocketAddress(InetAddress.ofLiteral(words[1]), PORT));
            } catch (IllegalArgumentException _) {
                LOG.warn("resolv.conf: nameserver {}: no IP address; ignored", words[1]);
            }
        }
        return List.copyOf(servers);
    }
}

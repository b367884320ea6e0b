package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of enrolled pods in sets of {@code ipset}, each with its pod's uid as a comment.
 *
 * @param node the node's namespace; null if the agent runs in it
 */
record ProbeSets(@Nullable NetworkNamespace node) {
    /** A family's set has its protocol's number behind it. */
    private static final String NAME = "istio-inpod-probes-v";

    private static final String NEXT = "-next";
    private static final String CREATE = """
            create %1$s4%2$s hash:ip family inet comment
            create %1$s6%2$s hash:ip family inet6 comment
            """;

    static String name(Family family) {
        return NAME + (family == Family.IPV4 ? "4" : "6");
    }

    /** Leaves those that are there as they are. */
    void create() throws IOException {
        restore(CREATE.formatted(NAME, ""));
    }

    void add(String uid, Collection<InetAddress> addresses) throws IOException {
        restore(addresses.stream().map(address -> addition(address, "", uid)).collect(Collectors.joining()));
    }

    void remove(Collection<InetAddress> addresses) throws IOException {
        restore(addresses.stream()
                .map(address -> "del %s %s\n".formatted(name(Family.of(address)), address.getHostAddress()))
                .collect(Collectors.joining()));
    }

    /** A set is exchanged for another in one step. */
    void retain(Map<InetAddress, String> owners) throws IOException {
        StringBuilder commands = new StringBuilder(CREATE.formatted(NAME, NEXT));
        commands.append("flush %1$s4%2$s\nflush %1$s6%2$s\n".formatted(NAME, NEXT));
        owners.forEach((address, uid) -> commands.append(addition(address, NEXT, uid)));
        commands.append("swap %1$s4 %1$s4%2$s\nswap %1$s6 %1$s6%2$s\n".formatted(NAME, NEXT));
        commands.append("destroy %1$s4%2$s\ndestroy %1$s6%2$s\n".formatted(NAME, NEXT));
        restore(commands.toString());
    }

    /** Unless rules of the other variant of iptables refer to them. */
    void destroyUnused() throws IOException {
        Shell.script(node, """
                command -v ipset >/dev/null || exit 0
                ipset destroy %1$s4 2>/dev/null && ipset destroy %1$s6 2>/dev/null || true
                """.formatted(NAME));
    }

    private static String addition(InetAddress address, String set, String uid) {
        String comment = uid.isEmpty() ? "" : " comment \"" + uid + "\"";
        return "add %s%s %s%s\n".formatted(name(Family.of(address)), set, address.getHostAddress(), comment);
    }

    /** What is to be made and is there, or to be deleted and is not, is no error. */
    private void restore(String commands) throws IOException {
        if (!commands.isEmpty()) {
            Shell.script(node, "ipset -exist restore <<'SETS'\n" + commands + "SETS\n");
        }
    }
}

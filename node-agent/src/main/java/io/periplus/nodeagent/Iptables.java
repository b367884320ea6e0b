package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs one variant of the programs of iptables. They see only what their own variant wrote.
 *
 * @param variant {@code -nft}, {@code -legacy}, or nothing for the one that the machine takes for iptables
 */
record Iptables(String variant) {
    /** Whoever else writes rules at the same time is done much sooner. */
    static final int LOCKED_SECONDS_MAX = 8;

    private static final String SEPARATOR = "# ----";
    /** The programs of IPv6 fail where the kernel has none. */
    static final String WITH_IPV6 = "if [ -e /proc/net/if_inet6 ]; then\n%sfi\n";

    /** What is there, in both families; nothing where the programs are missing. */
    Map<Family, IptablesState> read(@Nullable NetworkNamespace namespace) throws IOException {
        String script = "command -v %s >/dev/null || exit 0\n".formatted(program(Family.IPV4, "-save"))
                + program(Family.IPV4, "-save") + "\necho '" + SEPARATOR + "'\n"
                + WITH_IPV6.formatted(program(Family.IPV6, "-save") + "\n");
        List<String> saved = List.of((Shell.output(namespace, script) + "\n" + SEPARATOR + "\n").split(SEPARATOR));
        Map<Family, IptablesState> state = new EnumMap<>(Family.class);
        state.put(Family.IPV4, IptablesState.parse(saved.get(0)));
        state.put(Family.IPV6, IptablesState.parse(saved.get(1)));
        return state;
    }

    /** @param changes by family, see {@link IptablesChange}; each table of each family all or nothing */
    void apply(@Nullable NetworkNamespace namespace, Map<Family, String> changes) throws IOException {
        StringBuilder script = new StringBuilder();
        // One process at a time may write rules of the old kind, and keeps the others away by a lock on a file. The
        // node's is shared with all that write there; a pod is best locked by itself.
        script.append(namespace == null ? "" : "export XTABLES_LOCKFILE=/proc/self/ns/net\n");
        changes.forEach((family, change) -> {
            if (!change.isEmpty()) {
                String restore = "%s --noflush --wait=%d <<'RULES'\n%sRULES\n"
                        .formatted(program(family, "-restore"), LOCKED_SECONDS_MAX, change);
                script.append(family == Family.IPV6 ? WITH_IPV6.formatted(restore) : restore);
            }
        });
        if (!script.isEmpty()) {
            Shell.script(namespace, script.toString());
        }
    }

    /** Has the kernel forget its own chains in tables without rules, which only the newer variant can do. */
    void drop(@Nullable NetworkNamespace namespace, Map<Family, List<String>> tables) throws IOException {
        StringBuilder script = new StringBuilder();
        tables.forEach((family, names) -> names.forEach(
                name -> script.append("%s -t %s -X 2>/dev/null || true\n".formatted(program(family, ""), name))));
        if (!script.isEmpty()) {
            Shell.script(namespace, script.toString());
        }
    }

    String program(Family family, String verb) {
        return family.iptables() + variant + verb;
    }
}

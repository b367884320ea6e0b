package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * With nftables: one table for both families beside each that iptables has, written in one transaction, so there is never half
 * a set.
 *
 * @param ipv6 whether IPv6 is captured, too; it passes by otherwise
 */
record NftablesPodRules(ProbeAddresses probes, boolean ipv6) implements PodRules {
    private static final String TABLE = "inet istio-ambient-";
    private static final List<String> TABLES =
            Arrays.stream(PodChain.values()).map(PodChain::table).distinct().toList();
    private static final String NO_IPV6 = "    meta nfproto ipv6 return\n";

    @Override
    public void install(NetworkNamespace pod, Capture capture) throws IOException {
        Map<PodChain, List<Rule>> rules = PodRuleSet.of(capture, probes);
        Nft.apply(
                pod,
                TABLES.stream().map(name -> removal(name) + table(name, rules)).collect(Collectors.joining()));
    }

    @Override
    public void stopCapturing(NetworkNamespace pod) throws IOException {
        // Upstream's tables have not all of these chains; to add what is there changes nothing.
        String flush = Arrays.stream(PodChain.values())
                .filter(PodChain::isCapturing)
                .map(chain -> "add table %1$s%2$s\nadd chain %1$s%2$s %3$s\nflush chain %1$s%2$s %3$s\n"
                        .formatted(TABLE, chain.table(), chain.nftables()))
                .collect(Collectors.joining());
        Nft.applyWhere("table " + TABLE + "nat", pod, flush);
    }

    @Override
    public void remove(NetworkNamespace pod) throws IOException {
        Nft.applyWhere(
                "table " + TABLE,
                pod,
                TABLES.stream().map(NftablesPodRules::removal).collect(Collectors.joining()));
    }

    /** Either variant of iptables leaves tables to be seen. */
    @Override
    public boolean mayHaveCompany(NetworkNamespace pod) throws IOException {
        String tables = Shell.output(
                pod, "nft list tables; cat /proc/net/ip_tables_names /proc/net/ip6_tables_names 2>/dev/null || true");
        return tables.lines().anyMatch(table -> !table.startsWith("table " + TABLE));
    }

    /** Also of a table that is not there. */
    private static String removal(String name) {
        return "table %1$s%2$s\ndelete table %1$s%2$s\n".formatted(TABLE, name);
    }

    private String table(String name, Map<PodChain, List<Rule>> rules) {
        List<PodChain> chains = rules.keySet().stream()
                .filter(chain -> chain.table().equals(name))
                .toList();
        if (chains.isEmpty()) {
            return "";
        }
        StringBuilder table = new StringBuilder("table " + TABLE + name + " {\n");
        for (PodChain chain : chains) {
            table.append("  chain ").append(chain.nftables()).append(" {\n");
            table.append(chain.isCapturing() && !ipv6 ? NO_IPV6 : "");
            rules.getOrDefault(chain, List.of())
                    .forEach(
                            rule -> table.append("    ").append(rule.nftables()).append('\n'));
            table.append("  }\n");
        }
        chains.stream().map(PodChain::hook).distinct().forEach(hook -> {
            table.append("  chain %s { %s".formatted(hook, base(name, hook)));
            chains.stream()
                    .filter(chain -> chain.hook().equals(hook))
                    .forEach(chain ->
                            table.append(" jump ").append(chain.nftables()).append(';'));
            table.append(" }\n");
        });
        return table.append("}\n").toString();
    }

    /** Where iptables' table of that name is. */
    private static String base(String table, String hook) {
        int priority = switch (table) {
            case "raw" -> -300;
            case "mangle" -> -150;
            default -> -100;
        };
        String type =
                table.equals("nat") ? "nat" : table.equals("mangle") && hook.equals("output") ? "route" : "filter";
        return "type %s hook %s priority %d; policy accept;".formatted(type, hook, priority);
    }
}

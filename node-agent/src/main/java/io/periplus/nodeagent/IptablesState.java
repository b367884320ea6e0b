package io.periplus.nodeagent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code iptables-save} says of a namespace and a family: chains and rules, by table. */
record IptablesState(Map<String, List<String>> tables) {
    static IptablesState parse(String saved) {
        Map<String, List<String>> tables = new LinkedHashMap<>();
        List<String> table = new ArrayList<>();
        for (String line : saved.lines().toList()) {
            if (line.startsWith("*")) {
                table = new ArrayList<>();
                tables.put(line.substring(1).strip(), table);
            } else if (line.startsWith(":") || line.startsWith("-A ")) {
                table.add(line.strip());
            }
        }
        return new IptablesState(tables);
    }

    boolean has(IptablesChain chain) {
        return lines(chain).stream().anyMatch(line -> line.startsWith(":" + chain.name() + " "));
    }

    /** The rules that lead to it, whatever their conditions. */
    List<String> jumps(IptablesChain chain) {
        return lines(chain).stream()
                .filter(line -> line.startsWith("-A ") && line.endsWith(" -j " + chain.name()))
                .toList();
    }

    /** Whether exactly the one jump is there that is to be there, and where. */
    boolean isLinked(IptablesChain chain) {
        if (!jumps(chain).equals(List.of(chain.jump()))) {
            return false;
        }
        return !chain.first()
                || lines(chain).stream()
                        .filter(line -> line.startsWith("-A " + chain.hook() + " "))
                        .findFirst()
                        .equals(Optional.of(chain.jump()));
    }

    boolean hasRules() {
        return tables.values().stream().flatMap(List::stream).anyMatch(line -> line.startsWith("-A "));
    }

    boolean hasChainNamed(String name) {
        return tables.values().stream().flatMap(List::stream).anyMatch(line -> line.startsWith(":" + name + " "));
    }

    /** Whether a table has nothing but the kernel's own chains, without rules. */
    boolean isBare(String table) {
        return tables.getOrDefault(table, List.of()).stream()
                .allMatch(line -> line.startsWith(":") && line.contains(" ACCEPT "));
    }

    private List<String> lines(IptablesChain chain) {
        return tables.getOrDefault(chain.table(), List.of());
    }
}

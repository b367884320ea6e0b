package io.periplus.nodeagent;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes what {@code iptables-restore --noflush} has to be told so that chains of ours become what they are to be, and nothing else
 * changes. A table is replaced in one step: chains are emptied and filled again without a moment in which they are empty.
 */
final class IptablesChange {
    private final IptablesState present;
    private final Map<String, StringBuilder> tables = new LinkedHashMap<>();

    private IptablesChange(IptablesState present) {
        this.present = present;
    }

    /** @param wanted the rules of those of our chains that are to be there; the others go */
    static String to(Map<IptablesChain, List<String>> wanted, Collection<IptablesChain> ours, IptablesState present) {
        IptablesChange change = new IptablesChange(present);
        for (IptablesChain chain : ours) {
            List<String> rules = wanted.get(chain);
            if (rules != null) {
                change.fill(chain, rules);
            } else if (present.has(chain)) {
                change.remove(chain);
            }
        }
        return change.written();
    }

    /** Empties what is there of these chains. */
    static String emptied(Collection<IptablesChain> chains, IptablesState present) {
        IptablesChange change = new IptablesChange(present);
        chains.stream().filter(present::has).forEach(chain -> change.line(chain, ":" + chain.name() + " - [0:0]"));
        return change.written();
    }

    private void fill(IptablesChain chain, List<String> rules) {
        line(chain, ":" + chain.name() + " - [0:0]");
        if (!present.isLinked(chain)) {
            unlink(chain);
            line(chain, chain.first() ? chain.jump().replaceFirst("-A", "-I") : chain.jump());
        }
        rules.forEach(rule -> line(chain, "-A " + chain.name() + " " + rule));
    }

    private void remove(IptablesChain chain) {
        unlink(chain);
        line(chain, "-F " + chain.name());
        line(chain, "-X " + chain.name());
    }

    private void unlink(IptablesChain chain) {
        present.jumps(chain).forEach(jump -> line(chain, jump.replaceFirst("-A", "-D")));
    }

    private void line(IptablesChain chain, String line) {
        tables.computeIfAbsent(chain.table(), table -> new StringBuilder())
                .append(line)
                .append('\n');
    }

    private String written() {
        StringBuilder written = new StringBuilder();
        tables.forEach((name, lines) ->
                written.append('*').append(name).append('\n').append(lines).append("COMMIT\n"));
        return written.toString();
    }
}

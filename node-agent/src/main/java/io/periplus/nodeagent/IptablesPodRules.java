package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * With iptables. Each table of each family is written in one step: first those that only mark, the redirection last.
 *
 * @param ipv6 whether IPv6 is captured, too; it has no rules otherwise
 */
record IptablesPodRules(Iptables iptables, ProbeAddresses probes, boolean ipv6) implements PodRules {
    private static final List<IptablesChain> OURS =
            Arrays.stream(PodChain.values()).map(PodChain::iptables).toList();

    private static final List<IptablesChain> CAPTURING = Arrays.stream(PodChain.values())
            .filter(PodChain::isCapturing)
            .map(PodChain::iptables)
            .toList();

    @Override
    public void install(NetworkNamespace pod, Capture capture) throws IOException {
        Map<PodChain, List<Rule>> rules = PodRuleSet.of(capture, probes);
        change(
                pod,
                (family, present) -> IptablesChange.to(
                        family == Family.IPV6 && !ipv6 ? Map.of() : written(rules, family), OURS, present));
    }

    @Override
    public void stopCapturing(NetworkNamespace pod) throws IOException {
        change(pod, (family, present) -> IptablesChange.emptied(CAPTURING, present));
    }

    @Override
    public void remove(NetworkNamespace pod) throws IOException {
        Map<Family, IptablesState> before =
                change(pod, (family, present) -> IptablesChange.to(Map.of(), OURS, present));
        Map<Family, List<String>> bare = new EnumMap<>(Family.class);
        if (before.values().stream().anyMatch(state -> OURS.stream().anyMatch(state::has))) {
            Map<Family, IptablesState> after = iptables.read(pod);
            after.forEach((family, state) -> bare.put(
                    family,
                    OURS.stream()
                            .filter(before.getOrDefault(family, state)::has)
                            .map(IptablesChain::table)
                            .distinct()
                            .filter(state::isBare)
                            .toList()));
        }
        iptables.drop(pod, bare);
    }

    /** Returns what was there before. */
    private Map<Family, IptablesState> change(NetworkNamespace pod, BiFunction<Family, IptablesState, String> change)
            throws IOException {
        Map<Family, IptablesState> present = iptables.read(pod);
        Map<Family, String> changes = new EnumMap<>(Family.class);
        present.forEach((family, state) -> changes.put(family, change.apply(family, state)));
        iptables.apply(pod, changes);
        return present;
    }

    private static Map<IptablesChain, List<String>> written(Map<PodChain, List<Rule>> rules, Family family) {
        Map<IptablesChain, List<String>> written = new LinkedHashMap<>();
        rules.forEach((chain, list) -> written.put(
                chain.iptables(),
                list.stream()
                        .filter(rule -> rule.isOf(family))
                        .map(Rule::iptables)
                        .toList()));
        return written;
    }
}

package io.periplus.model.mesh;

import io.periplus.model.input.LabelSelectorInput;
import java.util.List;
import java.util.Map;

/**
 * Who may see ServiceEntries, by the namespace that they are in: the first rule that holds says it.
 *
 * @param otherwise where no rule holds
 */
public record EntryVisibility(Level otherwise, List<Rule> rules) {
    /** To whom an entry is shown. */
    public enum Level {
        PUBLIC,
        NAMESPACE,
        NONE
    }

    /** @param selectors of namespaces, all of which must hold; none holds for every namespace */
    public record Rule(Level level, List<LabelSelectorInput> selectors) {}

    /** For the entries of a namespace with these labels. */
    public Level of(Map<String, String> labels) {
        return rules.stream()
                .filter(rule -> rule.selectors().stream().allMatch(selector -> selector.matches(labels)))
                .findFirst()
                .map(Rule::level)
                .orElse(otherwise);
    }
}

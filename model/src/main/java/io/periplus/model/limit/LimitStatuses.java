package io.periplus.model.limit;

import io.periplus.api.NamespacedName;
import io.periplus.api.limit.RateLimitPolicy;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.limit.Attachment.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What the status of RateLimitPolicies says (GEP-713): an entry for every Gateway, waypoints included, that enforces the policy,
 * and one for every target that nothing enforces it at.
 *
 * @param written what of it stands in the objects already
 */
public record LimitStatuses(
        LimitAttachments attachments, LimitMessages messages, Collection<NamespacedName, List<LimitAncestor>> written) {
    private static final String ACCEPTED = "Accepted";

    /** Of the API. */
    private static final int ANCESTORS_MAX = 16;

    /** The status. */
    public LimitStatus of(Fetch fetch, RateLimitPolicy policy) {
        List<String> problems = messages.problems(fetch, policy);
        Map<LimitAncestor.Ref, List<Attachment>> at = new TreeMap<>();
        for (Attachment attachment : attachments.of(fetch, policy)) {
            if (attachment.targets().isEmpty()) {
                if (attachment.outcome() != Attachment.FOREIGN) {
                    at.computeIfAbsent(LimitAncestor.Ref.of(attachment.place()), _ -> new ArrayList<>())
                            .add(attachment);
                }
            } else {
                attachment
                        .targets()
                        .keySet()
                        .forEach(gateway -> at.computeIfAbsent(
                                        LimitAncestor.Ref.gateway(gateway), _ -> new ArrayList<>())
                                .add(attachment));
            }
        }
        List<LimitAncestor> wanted = at.entrySet().stream()
                .limit(ANCESTORS_MAX)
                .map(entry -> new LimitAncestor(
                        entry.getKey(),
                        List.of(accepted(problems, entry.getValue()).observed(policy.generation()))))
                .toList();
        return new LimitStatus(
                policy.key(), wanted, Objects.requireNonNullElse(fetch.get(written, policy.key()), List.of()));
    }

    private static ConditionInput accepted(List<String> problems, List<Attachment> attachments) {
        if (!problems.isEmpty()) {
            return ConditionInput.of(
                    ACCEPTED,
                    false,
                    "Invalid",
                    String.join("; ", problems) + ". Requests to its targets are answered with 500 until it is mended");
        }
        List<String> lost = new ArrayList<>();
        for (Attachment attachment : attachments) {
            switch (attachment.outcome()) {
                case Outcome.NotFound(String message) -> {
                    return ConditionInput.of(ACCEPTED, false, "TargetNotFound", message);
                }
                case Outcome.NotBound(String message) -> {
                    return ConditionInput.of(ACCEPTED, false, "AncestorNotBound", message);
                }
                case Outcome.Conflicted(NamespacedName winner) -> lost.add(attachment.place() + ": " + winner);
                case Outcome.Holds ignored -> {}
                case Outcome.Foreign ignored -> {}
            }
        }
        String others = "older policies, or ones with lesser names, hold for " + String.join(", ", lost);
        if (lost.size() == attachments.size()) {
            return ConditionInput.of(ACCEPTED, false, "Conflicted", others);
        }
        return ConditionInput.of(
                ACCEPTED, true, ACCEPTED, lost.isEmpty() ? "Policy is in force" : "Policy is in force; but " + others);
    }
}

package io.periplus.cli.analyze.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.analyze.snapshot.Workload;
import io.periplus.cli.text.Json;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** DestinationRules for hosts that nobody knows, and with subsets that select nothing. */
public final class DestinationRuleAnalyzer implements Analyzer {
    @Override
    public String name() {
        return "destinationrule.SubsetSelectPodAnalyzer";
    }

    @Override
    public String description() {
        return "Checks the hosts and subsets of DestinationRules";
    }

    @Override
    public Set<ObjectKind> reads() {
        Set<ObjectKind> kinds = EnumSet.of(ObjectKind.DESTINATION_RULE, ObjectKind.SERVICE, ObjectKind.SERVICE_ENTRY);
        kinds.addAll(Workload.KINDS);
        return kinds;
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        List<Workload> workloads = Workload.all(snapshot);
        for (KubeObject rule : snapshot.all(ObjectKind.DESTINATION_RULE)) {
            String host = rule.text("/spec/host");
            if (host.isEmpty() || host.contains("*")) {
                continue;
            }
            KubeObject service = service(host, rule.namespace(), snapshot);
            if (service == null && !isOfEntry(host, snapshot)) {
                findings.report(
                        Code.UNKNOWN_DESTINATION_RULE_HOST,
                        rule,
                        "/spec/host",
                        "The host " + host
                                + " defined in the DestinationRule does not match any services in the mesh.");
            } else if (service != null) {
                subsets(rule, service, workloads, findings);
            }
        }
    }

    private static void subsets(KubeObject rule, KubeObject service, List<Workload> workloads, Findings findings) {
        Map<String, String> selector = KubeObject.texts(service.at("/spec/selector"));
        JsonNode subsets = rule.at("/spec/subsets");
        for (int i = 0; i < subsets.size() && !selector.isEmpty(); i++) {
            Map<String, String> labels = KubeObject.texts(subsets.get(i).path("labels"));
            boolean selects = workloads.stream()
                    .anyMatch(
                            w -> w.namespace().equals(service.namespace()) && w.matches(selector) && w.matches(labels));
            if (!selects) {
                findings.report(
                        Code.DESTINATION_RULE_SUBSET_NOT_SELECT_PODS,
                        rule,
                        "/spec/subsets/" + i,
                        "The Subset " + Json.text(subsets.get(i), "/name", "")
                                + " defined in the DestinationRule does not select any pods.");
            }
        }
    }

    /** By short name in the rule's namespace, or by full name. */
    private static @Nullable KubeObject service(String host, String namespace, Snapshot snapshot) {
        String[] parts = host.split("\\.");
        if (parts.length == 1) {
            return snapshot.find(ObjectKind.SERVICE, namespace, host);
        }
        return parts.length == 2 || parts[2].equals("svc")
                ? snapshot.find(ObjectKind.SERVICE, parts[1], parts[0])
                : null;
    }

    private static boolean isOfEntry(String host, Snapshot snapshot) {
        for (KubeObject entry : snapshot.all(ObjectKind.SERVICE_ENTRY)) {
            for (JsonNode known : entry.at("/spec/hosts")) {
                String name = known.asText();
                if (name.equals(host) || (name.startsWith("*") && host.endsWith(name.substring(1)))) {
                    return true;
                }
            }
        }
        return false;
    }
}

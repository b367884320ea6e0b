package io.periplus.cli.analyze.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.api.NamespacedName;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.text.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Services of one name that differ from cluster to cluster. */
public final class MultiClusterServiceAnalyzer implements Analyzer {
    private record Copy(String cluster, KubeObject service) {}

    @Override
    public String name() {
        return "services.MultiClusterServiceAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that Services of one name are alike in all clusters";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.of(ObjectKind.SERVICE);
    }

    @Override
    public void compare(List<Snapshot> clusters, Findings findings) {
        Map<NamespacedName, List<Copy>> copies = new LinkedHashMap<>();
        for (Snapshot cluster : clusters) {
            for (KubeObject service : cluster.all(ObjectKind.SERVICE)) {
                if (!service.namespace().equals("kube-system")
                        && !service.namespace().equals(cluster.systemNamespace())) {
                    copies.computeIfAbsent(service.key(), _ -> new ArrayList<>())
                            .add(new Copy(cluster.cluster(), service));
                }
            }
        }
        copies.forEach((name, same) -> {
            List<String> differences = differences(same);
            if (!differences.isEmpty()) {
                List<String> names = same.stream().map(Copy::cluster).toList();
                findings.report(
                        Code.MULTI_CLUSTER_INCONSISTENT_SERVICE,
                        same.getFirst().service,
                        "The services %s in namespace %s across clusters %s are inconsistent: %s"
                                .formatted(
                                        name.name(),
                                        name.namespace(),
                                        String.join(", ", names),
                                        String.join(", ", differences)));
            }
        });
    }

    private static List<String> differences(List<Copy> copies) {
        Copy first = copies.getFirst();
        List<String> found = new ArrayList<>();
        for (Copy other : copies.subList(1, copies.size())) {
            difference(first, other, "types", s -> text(s, "/spec/type", "ClusterIP"), found);
            difference(first, other, "ports", MultiClusterServiceAnalyzer::ports, found);
            difference(
                    first,
                    other,
                    "headlessness",
                    s -> "" + s.text("/spec/clusterIP").equals("None"),
                    found);
        }
        return found;
    }

    private static void difference(Copy a, Copy b, String what, Function<KubeObject, String> of, List<String> into) {
        String left = of.apply(a.service);
        String right = of.apply(b.service);
        if (!left.equals(right)) {
            into.add("%s differ (%s in %s, %s in %s)".formatted(what, left, a.cluster, right, b.cluster));
        }
    }

    private static String ports(KubeObject service) {
        Set<String> ports = new TreeSet<>();
        for (JsonNode port : service.at("/spec/ports")) {
            ports.add(Json.text(port, "/port", "") + "/" + Json.text(port, "/protocol", "TCP"));
        }
        return String.join("+", ports);
    }

    private static String text(KubeObject object, String pointer, String absent) {
        String text = object.text(pointer);
        return text.isEmpty() ? absent : text;
    }
}

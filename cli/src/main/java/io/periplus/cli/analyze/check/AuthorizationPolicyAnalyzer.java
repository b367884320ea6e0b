package io.periplus.cli.analyze.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.MeshConfig;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import java.util.Set;

/** Namespaces and extension providers that AuthorizationPolicies name and that do not exist. */
public final class AuthorizationPolicyAnalyzer implements Analyzer {
    @Override
    public String name() {
        return "auth.AuthorizationPoliciesAnalyzer";
    }

    @Override
    public String description() {
        return "Checks the namespaces and providers that AuthorizationPolicies refer to";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.of(ObjectKind.AUTHORIZATION_POLICY, ObjectKind.NAMESPACE, ObjectKind.CONFIG_MAP);
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        MeshConfig mesh = MeshConfig.of(snapshot);
        for (KubeObject policy : snapshot.all(ObjectKind.AUTHORIZATION_POLICY)) {
            if (!snapshot.all(ObjectKind.NAMESPACE).isEmpty()) {
                namespaces(policy, snapshot, findings);
            }
            String provider = policy.text("/spec/provider/name");
            if (policy.text("/spec/action").equals("CUSTOM") && !provider.isEmpty() && !mesh.hasProvider(provider)) {
                findings.report(
                        Code.REFERENCED_RESOURCE_NOT_FOUND,
                        policy,
                        "/spec/provider/name",
                        "Referenced extension provider not found: \"" + provider
                                + "\" (the mesh configuration's extensionProviders have it not; requests that match the"
                                + " rules are denied)");
            }
        }
    }

    private static void namespaces(KubeObject policy, Snapshot snapshot, Findings findings) {
        JsonNode rules = policy.at("/spec/rules");
        for (int i = 0; i < rules.size(); i++) {
            JsonNode from = rules.get(i).path("from");
            for (int j = 0; j < from.size(); j++) {
                String at = "/spec/rules/" + i + "/from/" + j + "/source/namespaces";
                JsonNode names = policy.at(at);
                for (int k = 0; k < names.size(); k++) {
                    String name = names.get(k).asText();
                    if (!name.contains("*") && !snapshot.hasNamespace(name)) {
                        findings.report(
                                Code.REFERENCED_RESOURCE_NOT_FOUND,
                                policy,
                                at + "/" + k,
                                "Referenced namespace not found: \"" + name + "\"");
                    }
                }
            }
        }
    }
}

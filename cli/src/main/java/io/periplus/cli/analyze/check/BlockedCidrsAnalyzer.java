package io.periplus.cli.analyze.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.text.Json;
import java.util.Set;

/** Keys for tokens that are fetched by a control plane which may fetch from anywhere. */
public final class BlockedCidrsAnalyzer implements Analyzer {
    private static final String VARIABLE = "BLOCKED_CIDRS_IN_JWKS_URIS";

    @Override
    public String name() {
        return "authn.BlockedCIDRsAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that addresses are closed to the control plane's fetches of keys for tokens";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.of(ObjectKind.REQUEST_AUTHENTICATION, ObjectKind.DEPLOYMENT);
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        boolean restricted = snapshot.in(ObjectKind.DEPLOYMENT, snapshot.systemNamespace())
                .filter(deployment -> deployment.label("app").equals("istiod"))
                .anyMatch(BlockedCidrsAnalyzer::restricts);
        if (restricted) {
            return;
        }
        for (KubeObject authentication : snapshot.all(ObjectKind.REQUEST_AUTHENTICATION)) {
            JsonNode rules = authentication.at("/spec/jwtRules");
            for (int i = 0; i < rules.size(); i++) {
                if (!Json.text(rules.get(i), "/jwksUri", "").isEmpty()) {
                    findings.report(
                            Code.JWKS_FETCH_UNRESTRICTED,
                            authentication,
                            "/spec/jwtRules/" + i + "/jwksUri",
                            "The control plane may fetch jwksUri from any address. Set " + VARIABLE
                                    + " on istiod to the ranges that it must not reach, such as those of cloud metadata");
                }
            }
        }
    }

    private static boolean restricts(KubeObject deployment) {
        for (JsonNode container : deployment.at("/spec/template/spec/containers")) {
            for (JsonNode variable : container.path("env")) {
                if (Json.text(variable, "/name", "").equals(VARIABLE)
                        && !Json.text(variable, "/value", "").isBlank()) {
                    return true;
                }
            }
        }
        return false;
    }
}

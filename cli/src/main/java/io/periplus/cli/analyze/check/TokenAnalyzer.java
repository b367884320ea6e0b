package io.periplus.cli.analyze.check;

import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import java.util.Collection;
import java.util.Set;

/** Policies that ask for a token's claims where no RequestAuthentication validates tokens. */
public final class TokenAnalyzer implements Analyzer {
    @Override
    public String name() {
        return "auth.JWTClaimAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that a RequestAuthentication validates the tokens that policies ask about";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.of(ObjectKind.AUTHORIZATION_POLICY, ObjectKind.REQUEST_AUTHENTICATION);
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        Collection<KubeObject> authentications = snapshot.all(ObjectKind.REQUEST_AUTHENTICATION);
        for (KubeObject policy : snapshot.all(ObjectKind.AUTHORIZATION_POLICY)) {
            Set<String> fields = HttpFields.ofTokens(policy);
            boolean validated = authentications.stream()
                    .anyMatch(a -> a.namespace().equals(policy.namespace())
                            || a.namespace().equals(snapshot.systemNamespace())
                            || policy.namespace().equals(snapshot.systemNamespace()));
            if (!fields.isEmpty() && !validated) {
                findings.report(
                        Code.CLAIM_WITHOUT_REQUEST_AUTHENTICATION,
                        policy,
                        "/spec/rules",
                        "The policy asks about tokens (" + String.join(", ", fields)
                                + ") but no RequestAuthentication in namespace " + policy.namespace() + " or "
                                + snapshot.systemNamespace() + " validates any: these never match");
            }
        }
    }
}

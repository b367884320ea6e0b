package io.periplus.cli.analyze.check;

import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Definitions of the Gateway API that are too old for this mesh, or soon will be. */
public final class CrdVersionAnalyzer implements Analyzer {
    private static final String BUNDLE_VERSION = "gateway.networking.k8s.io/bundle-version";
    private static final String GROUP = ".gateway.networking.k8s.io";
    private static final Pattern VERSION = Pattern.compile("v(\\d+)\\.(\\d+)\\.(\\d+).*");

    /** The first release (minor of 1) whose HTTPRoute and Gateway are of version v1. */
    private static final int LEAST_MINOR = 0;

    /** Older ones lack fields that routes here can use. */
    private static final int LEAST_MINOR_SOON = 1;

    /** The first release that has the kind as v1. */
    private static final Map<String, Integer> LEAST_MINOR_OF_KIND =
            Map.of("grpcroutes", 1, "backendtlspolicies", 4, "listenersets", 5, "tlsroutes", 5, "tcproutes", 6);

    @Override
    public String name() {
        return "k8sgateway.CRDVersionAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that the definitions of the Gateway API are new enough";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.of(ObjectKind.DEFINITION);
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        for (KubeObject definition : snapshot.all(ObjectKind.DEFINITION)) {
            Matcher version = VERSION.matcher(definition.annotation(BUNDLE_VERSION));
            if (definition.name().endsWith(GROUP) && version.matches()) {
                check(definition, version, findings);
            }
        }
    }

    private static void check(KubeObject definition, Matcher version, Findings findings) {
        int minor = Integer.parseInt(version.group(1)) > 1 ? Integer.MAX_VALUE : Integer.parseInt(version.group(2));
        boolean beforeOne = version.group(1).equals("0");
        String plural = definition.name().substring(0, definition.name().length() - GROUP.length());
        int needed = LEAST_MINOR_OF_KIND.getOrDefault(plural, LEAST_MINOR);
        String has = "The Gateway API CRD version " + version.group();
        if (beforeOne) {
            findings.report(
                    Code.UNSUPPORTED_GATEWAY_API_VERSION,
                    definition,
                    has + " is lower than the minimum version: v1." + LEAST_MINOR + ".0");
        } else if (minor < needed) {
            findings.report(
                    Code.GATEWAY_API_KIND_TOO_OLD,
                    definition,
                    has + " is lower than the minimum version for " + plural + ": v1." + needed
                            + ".0; the control plane does not see these objects");
        } else if (minor < LEAST_MINOR_SOON) {
            findings.report(
                    Code.FUTURE_UNSUPPORTED_GATEWAY_API_VERSION,
                    definition,
                    has + " will be too old for the next release: v1." + LEAST_MINOR_SOON + ".0 is needed then");
        }
    }
}

package io.periplus.cli.analyze;

import io.periplus.cli.analyze.check.Analyzer;
import io.periplus.cli.analyze.check.AnnotationAnalyzer;
import io.periplus.cli.analyze.check.AuthorizationPolicyAnalyzer;
import io.periplus.cli.analyze.check.BlockedCidrsAnalyzer;
import io.periplus.cli.analyze.check.CaptureAnalyzer;
import io.periplus.cli.analyze.check.ConditionAnalyzer;
import io.periplus.cli.analyze.check.ConflictingGatewayAnalyzer;
import io.periplus.cli.analyze.check.CrdVersionAnalyzer;
import io.periplus.cli.analyze.check.DestinationRuleAnalyzer;
import io.periplus.cli.analyze.check.GatewayPortAnalyzer;
import io.periplus.cli.analyze.check.GatewaySecretAnalyzer;
import io.periplus.cli.analyze.check.HttpPolicyAnalyzer;
import io.periplus.cli.analyze.check.LabelAnalyzer;
import io.periplus.cli.analyze.check.MultiClusterServiceAnalyzer;
import io.periplus.cli.analyze.check.MultiServiceAnalyzer;
import io.periplus.cli.analyze.check.NameClashAnalyzer;
import io.periplus.cli.analyze.check.PolicySelectorAnalyzer;
import io.periplus.cli.analyze.check.PolicyTargetAnalyzer;
import io.periplus.cli.analyze.check.PortNameAnalyzer;
import io.periplus.cli.analyze.check.RevisionAnalyzer;
import io.periplus.cli.analyze.check.RouteEffectAnalyzer;
import io.periplus.cli.analyze.check.RouteReferenceAnalyzer;
import io.periplus.cli.analyze.check.SelectorAnalyzer;
import io.periplus.cli.analyze.check.ServiceEntryAnalyzer;
import io.periplus.cli.analyze.check.ServiceEntryProtocolAnalyzer;
import io.periplus.cli.analyze.check.TelemetryDefaultAnalyzer;
import io.periplus.cli.analyze.check.TelemetryProviderAnalyzer;
import io.periplus.cli.analyze.check.TelemetrySelectorAnalyzer;
import io.periplus.cli.analyze.check.TokenAnalyzer;
import io.periplus.cli.analyze.check.ValidationAnalyzer;
import io.periplus.cli.analyze.check.WaypointReferenceAnalyzer;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** All analyzers there are. */
final class Analyzers {
    private Analyzers() {}

    /** By name. */
    static List<Analyzer> all() {
        List<Analyzer> all = new ArrayList<>(List.of(
                new AnnotationAnalyzer(),
                new AuthorizationPolicyAnalyzer(),
                new BlockedCidrsAnalyzer(),
                new CaptureAnalyzer(),
                new ConditionAnalyzer(),
                new ConflictingGatewayAnalyzer(),
                new CrdVersionAnalyzer(),
                new DestinationRuleAnalyzer(),
                new GatewayPortAnalyzer(),
                new GatewaySecretAnalyzer(),
                new HttpPolicyAnalyzer(),
                new LabelAnalyzer(),
                new MultiClusterServiceAnalyzer(),
                new MultiServiceAnalyzer(),
                new NameClashAnalyzer(),
                new PolicySelectorAnalyzer(),
                new PolicyTargetAnalyzer(),
                new PortNameAnalyzer(),
                new RevisionAnalyzer(),
                new RouteEffectAnalyzer(),
                new RouteReferenceAnalyzer(),
                new SelectorAnalyzer(),
                new ServiceEntryAnalyzer(),
                new ServiceEntryProtocolAnalyzer(),
                new TelemetryDefaultAnalyzer(),
                new TelemetryProviderAnalyzer(),
                new TelemetrySelectorAnalyzer(),
                new TokenAnalyzer(),
                new WaypointReferenceAnalyzer()));
        for (ObjectKind kind : ObjectKind.values()) {
            if (kind.isCustom()) {
                all.add(new ValidationAnalyzer(kind));
            }
        }
        all.sort(Comparator.comparing(Analyzer::name));
        return all;
    }
}

package io.periplus.waypoint;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.ExtensionProvider;
import io.periplus.wire.waypoint.GrpcAuthorizer;
import io.periplus.wire.waypoint.HttpAuthorizer;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.ServiceTarget;
import io.periplus.wire.waypoint.Target;
import java.util.List;
import java.util.Map;

/** Policies with the action CUSTOM and their providers, as short as tests want them. */
final class CustomPolicies {
    private static final Duration PATIENCE = Durations.fromSeconds(5);

    private CustomPolicies() {}

    /** Asks the provider {@code ext} about paths below {@code /private}. */
    static AuthorizationPolicy custom() {
        return custom("ext", "ext");
    }

    static AuthorizationPolicy custom(String name, String provider) {
        return of(name, provider)
                .addRules(Rule.newBuilder().addTo(Operation.newBuilder().addPaths("/private*")))
                .build();
    }

    /** Without rules. */
    static AuthorizationPolicy.Builder of(String name, String provider) {
        return AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName(name)
                .setAction(Action.CUSTOM)
                .setProvider(provider)
                .addTargets(service());
    }

    static Target service() {
        return Target.newBuilder()
                .setService(ServiceTarget.newBuilder().setNamespace("accounts").setHostname(Rig.HOSTNAME))
                .build();
    }

    /** A provider that speaks HTTP, at the service {@code authorizer}. */
    static ExtensionProvider.Builder http(String name, HttpAuthorizer.Builder settings) {
        return provider(name).setHttp(settings);
    }

    static ExtensionProvider.Builder grpc(String name) {
        return provider(name).setGrpc(GrpcAuthorizer.getDefaultInstance());
    }

    private static ExtensionProvider.Builder provider(String name) {
        return ExtensionProvider.newBuilder()
                .setName(name)
                .setService(ServiceTarget.newBuilder()
                        .setNamespace("accounts")
                        .setHostname("authorizer.accounts.svc.cluster.local"))
                .setPort(8080)
                .setTimeout(PATIENCE);
    }

    static void apply(Rig rig, ExtensionProvider.Builder... providers) {
        for (ExtensionProvider.Builder provider : providers) {
            rig.providers.apply(Map.of(provider.getName(), provider.build()), List.of());
        }
    }
}

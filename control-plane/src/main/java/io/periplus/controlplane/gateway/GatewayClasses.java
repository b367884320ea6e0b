package io.periplus.controlplane.gateway;

import io.periplus.api.NamespacedName;
import io.periplus.controlplane.Reconciler;
import io.periplus.controlplane.kube.Applies;
import io.periplus.controlplane.kube.Conditions;
import io.periplus.controlplane.kube.Kinds;
import io.periplus.model.collection.Change;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayClassInput;
import io.periplus.model.proxy.ProxyKind;
import io.periplus.model.waypoint.Waypoint;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Makes the classes that this control plane handles, again when they are deleted, and says that it handles them. */
public final class GatewayClasses {
    private record Built(String controller, String description) {}

    private static final NamespacedName GATEWAYS = new NamespacedName("", "gateways.gateway.networking.k8s.io");
    private static final NamespacedName HTTP_ROUTES = new NamespacedName("", "httproutes.gateway.networking.k8s.io");
    private static final String BUNDLE_VERSION = "gateway.networking.k8s.io/bundle-version";
    private static final String SUPPORTED_BUNDLES = "v1.";
    private static final String REMOTE = "istio.io/unmanaged-gateway";
    private static final Map<String, Built> BUILT_IN = Map.of(
            Waypoint.CLASS_NAME,
            new Built(Waypoint.CONTROLLER, "The default Istio waypoint GatewayClass"),
            ProxyKind.EDGE.className(),
            new Built(ProxyKind.EDGE.controller(), "The default Istio GatewayClass"),
            "istio-remote",
            new Built(REMOTE, "Remote to this cluster. Does not deploy or affect configuration."));

    private final Applies applies;
    private final Clock clock;
    private final Map<String, GatewayClassInput> classes = new ConcurrentHashMap<>();
    private final Reconciler<String> reconciler = new Reconciler<>("gateway-classes", this::reconcile);

    public GatewayClasses(Applies applies, Clock clock) {
        this.applies = applies;
        this.clock = clock;
    }

    /** What does the work. */
    public Reconciler<String> reconciler() {
        return reconciler;
    }

    /** Makes the classes that are missing. */
    public void ensure() {
        BUILT_IN.keySet().forEach(reconciler::enqueue);
    }

    /** Takes note of changes. */
    public void changed(Map<String, Change<GatewayClassInput>> changes) {
        changes.forEach((name, change) -> {
            if (change.after() == null) {
                classes.remove(name);
            } else {
                classes.put(name, change.after());
            }
            reconciler.enqueue(name);
        });
    }

    private void reconcile(String name) {
        GatewayClassInput present = classes.get(name);
        Built built = BUILT_IN.get(name);
        NamespacedName key = new NamespacedName("", name);
        if (present == null) {
            if (built != null) {
                applies.createIfMissing(
                        Kinds.GATEWAY_CLASS,
                        key,
                        Map.of("controllerName", built.controller(), "description", built.description()));
            }
            return;
        }
        List<ConditionInput> wanted = conditions(present);
        List<String> features = present.controller().equals(ProxyKind.EDGE.controller())
                ? SupportedFeatures.of(field -> applies.defines(HTTP_ROUTES, field))
                : List.of();
        if (wanted.isEmpty()
                || (Conditions.present(wanted, present.conditions()) && features.equals(present.features()))) {
            return;
        }
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        Map<String, Object> status = new LinkedHashMap<>();
        status.put(
                "conditions",
                wanted.stream()
                        .map(condition -> Conditions.write(condition, present.conditions(), now))
                        .toList());
        if (!features.isEmpty()) {
            status.put(
                    "supportedFeatures",
                    features.stream().map(feature -> Map.of("name", feature)).toList());
        }
        applies.status(Kinds.GATEWAY_CLASS, key, status, GatewayDeployer.MANAGER);
    }

    private List<ConditionInput> conditions(GatewayClassInput gatewayClass) {
        ConditionInput accepted = accepted(gatewayClass);
        if (accepted == null) {
            return List.of();
        }
        ConditionInput version = version();
        return (version == null ? List.of(accepted) : List.of(accepted, version))
                .stream()
                        .map(condition -> condition.observed(gatewayClass.generation()))
                        .toList();
    }

    private @Nullable ConditionInput version() {
        String bundle = applies.annotation(Kinds.CUSTOM_RESOURCE_DEFINITION, GATEWAYS, BUNDLE_VERSION);
        if (bundle == null) {
            return null;
        }
        return bundle.startsWith(SUPPORTED_BUNDLES)
                ? ConditionInput.of(
                        "SupportedVersion", true, "SupportedVersion", "Gateway API " + bundle + " is supported")
                : ConditionInput.of(
                        "SupportedVersion",
                        false,
                        "UnsupportedVersion",
                        "Gateway API " + bundle + " is not known (expected " + SUPPORTED_BUNDLES + "x)");
    }

    private static @Nullable ConditionInput accepted(GatewayClassInput gatewayClass) {
        String controller = gatewayClass.controller();
        if (ProxyKind.of(controller) != null || controller.equals(REMOTE)) {
            return ConditionInput.of("Accepted", true, "Accepted", "Handled by Istio controller");
        }
        return controller.equals("istio.io/eastwest-controller")
                ? ConditionInput.of(
                        "Accepted",
                        false,
                        "Unsupported",
                        "Controller " + controller + " is not supported by this control plane")
                : null;
    }
}

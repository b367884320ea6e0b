package io.periplus.controlplane.gateway;

import io.periplus.api.NamespacedName;
import io.periplus.controlplane.Reconciler;
import io.periplus.controlplane.kube.Applies;
import io.periplus.controlplane.kube.Conditions;
import io.periplus.controlplane.kube.Kinds;
import io.periplus.model.collection.Change;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayClassInput;
import io.periplus.model.waypoint.Waypoint;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Makes the classes that this control plane handles, again when they are deleted, and says that it handles them. */
public final class GatewayClasses {
    private record Built(String controller, String description) {}

    private static final String REMOTE = "istio.io/unmanaged-gateway";
    private static final Map<String, Built> BUILT_IN = Map.of(
            Waypoint.CLASS_NAME,
            new Built(Waypoint.CONTROLLER, "The default Istio waypoint GatewayClass"),
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
        ConditionInput wanted = condition(present);
        if (wanted != null && !Conditions.present(List.of(wanted), present.conditions())) {
            String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
            applies.status(
                    Kinds.GATEWAY_CLASS,
                    key,
                    Map.of("conditions", List.of(Conditions.write(wanted, present.conditions(), now))),
                    GatewayDeployer.MANAGER);
        }
    }

    private static @Nullable ConditionInput condition(GatewayClassInput gatewayClass) {
        return switch (gatewayClass.controller()) {
            case Waypoint.CONTROLLER, REMOTE ->
                ConditionInput.of("Accepted", true, "Accepted", "Handled by Istio controller")
                        .observed(gatewayClass.generation());
            case "istio.io/gateway-controller", "istio.io/eastwest-controller" ->
                ConditionInput.of(
                                "Accepted",
                                false,
                                "Unsupported",
                                "Controller " + gatewayClass.controller() + " is not supported by this control plane")
                        .observed(gatewayClass.generation());
            default -> null;
        };
    }
}

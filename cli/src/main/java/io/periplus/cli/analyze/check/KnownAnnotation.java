package io.periplus.cli.analyze.check;

import static io.periplus.cli.analyze.snapshot.ObjectKind.AUTHORIZATION_POLICY;
import static io.periplus.cli.analyze.snapshot.ObjectKind.GATEWAY;
import static io.periplus.cli.analyze.snapshot.ObjectKind.GATEWAY_CLASS;
import static io.periplus.cli.analyze.snapshot.ObjectKind.NAMESPACE;
import static io.periplus.cli.analyze.snapshot.ObjectKind.POD;
import static io.periplus.cli.analyze.snapshot.ObjectKind.SERVICE;
import static io.periplus.cli.analyze.snapshot.ObjectKind.SERVICE_ENTRY;
import static io.periplus.cli.analyze.snapshot.ObjectKind.WORKLOAD_ENTRY;

import io.periplus.api.Annotations;
import io.periplus.api.Labels;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An annotation that means something.
 *
 * @param bearers the kinds it may stand on; empty for all
 * @param check says what is wrong with a value, or empty
 */
record KnownAnnotation(String name, Set<ObjectKind> bearers, Function<String, String> check) {
    private static final Pattern BINDING = Pattern.compile("(NONE|PROXY)(/\\d{1,5})?");
    private static final Map<String, KnownAnnotation> ALL = new HashMap<>();

    /** Of sidecars and of programs beside the mesh: known, though nothing here reads them. */
    private static final Set<String> FOREIGN_PREFIXES = Set.of(
            "sidecar.istio.io/",
            "traffic.sidecar.istio.io/",
            "readiness.status.sidecar.istio.io/",
            "status.sidecar.istio.io/",
            "inject.istio.io/",
            "proxy.istio.io/",
            "prometheus.istio.io/",
            "install.operator.istio.io/",
            "internal.istio.io/",
            "topology.istio.io/",
            "experimental.istio.io/");

    static {
        add(Labels.REDIRECTION, Set.of(POD), oneOf("enabled", "pending"));
        add("ambient.istio.io/bypass-inbound-capture", Set.of(POD), KnownAnnotation::bool);
        add("ambient.istio.io/dns-capture", Set.of(POD), KnownAnnotation::bool);
        add(
                Annotations.INBOUND_BINDING,
                Set.of(GATEWAY, GATEWAY_CLASS),
                value -> BINDING.matcher(value).matches()
                        ? ""
                        : "\"" + value + "\" is no binding (expected NONE or PROXY, with /<port> or without)");
        add(Annotations.XFCC_CLIENT_IDENTITY, Set.of(GATEWAY), KnownAnnotation::bool);
        add("galley.istio.io/analyze-suppress", Set.of(), KnownAnnotation::any);
        add(Annotations.GATEWAY_CONTROLLER_VERSION, Set.of(GATEWAY), KnownAnnotation::any);
        add(Annotations.GATEWAY_NAME_OVERRIDE, Set.of(GATEWAY), KnownAnnotation::any);
        add(Annotations.GATEWAY_SERVICE_ACCOUNT, Set.of(GATEWAY), KnownAnnotation::any);
        add("istio.io/autoRegistrationGroup", Set.of(WORKLOAD_ENTRY), KnownAnnotation::any);
        add("istio.io/workloadController", Set.of(WORKLOAD_ENTRY), KnownAnnotation::any);
        add("istio.io/connectedAt", Set.of(WORKLOAD_ENTRY), KnownAnnotation::any);
        add(Annotations.DRY_RUN, Set.of(AUTHORIZATION_POLICY), KnownAnnotation::bool);
        add(Labels.REVISION, Set.of(), KnownAnnotation::any);
        add(Annotations.WAYPOINT_CANARY_WEIGHT, Set.of(NAMESPACE, SERVICE, SERVICE_ENTRY), KnownAnnotation::weight);
        add("istio.io/connect-strategy", Set.of(SERVICE_ENTRY, SERVICE), KnownAnnotation::any);
        add(Annotations.ADDRESS_TYPE, Set.of(GATEWAY), oneOf("IPAddress", "Hostname"));
        add("networking.istio.io/exportTo", Set.of(SERVICE), KnownAnnotation::any);
        add(Annotations.SERVICE_TYPE, Set.of(GATEWAY), oneOf("ClusterIP", "NodePort", "LoadBalancer"));
        add(
                Annotations.TRAFFIC_DISTRIBUTION,
                Set.of(SERVICE, SERVICE_ENTRY, NAMESPACE),
                oneOf("PreferClose", "PreferSameZone", "PreferSameNode", "Any"));
        add("traffic.istio.io/nodeSelector", Set.of(SERVICE), KnownAnnotation::any);
        add("networking.istio.io/cluster", Set.of(), KnownAnnotation::any);
    }

    private static void add(String name, Set<ObjectKind> bearers, Function<String, String> check) {
        ALL.put(name, new KnownAnnotation(name, bearers, check));
    }

    /** Whether the name is of a domain whose annotations are all known. */
    static boolean isOfTheMesh(String name) {
        int slash = name.indexOf('/');
        String domain = slash < 0 ? "" : name.substring(0, slash);
        return (domain.equals("istio.io") || domain.endsWith(".istio.io"))
                && FOREIGN_PREFIXES.stream().noneMatch(name::startsWith);
    }

    /** The annotation, or null. */
    static @Nullable KnownAnnotation of(String name) {
        return ALL.get(name);
    }

    boolean allowedOn(ObjectKind bearer) {
        return bearers.isEmpty() || bearers.contains(bearer);
    }

    /** What is wrong with a value; empty if nothing is. */
    String problem(String value) {
        return check.apply(value);
    }

    private static String any(String value) {
        return "";
    }

    private static String bool(String value) {
        return value.equals("true") || value.equals("false")
                ? ""
                : "\"" + value + "\" is neither \"true\" nor \"false\"";
    }

    private static String weight(String value) {
        return value.matches("\\d{1,3}") && Integer.parseInt(value) <= 100
                ? ""
                : "\"" + value + "\" is no weight (expected an integer from 0 to 100)";
    }

    private static Function<String, String> oneOf(String... values) {
        return value -> java.util.Arrays.stream(values).anyMatch(value::equalsIgnoreCase)
                ? ""
                : "\"" + value + "\" is not known (expected " + String.join(", ", values) + ")";
    }
}

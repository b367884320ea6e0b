package io.periplus.model.waypoint;

import io.periplus.api.NamespacedName;
import io.periplus.api.security.AuthorizationPolicy;
import java.util.ArrayList;
import java.util.List;

/**
 * Something that policies are attached to.
 *
 * @param name with an empty namespace for a GatewayClass
 */
public record Target(Kind kind, NamespacedName name) {
    /** What kind of thing. */
    public enum Kind {
        SERVICE,
        SERVICE_ENTRY,
        GATEWAY,
        GATEWAY_CLASS
    }

    /** A Service. */
    public static Target service(NamespacedName name) {
        return new Target(Kind.SERVICE, name);
    }

    /** A ServiceEntry. */
    public static Target serviceEntry(NamespacedName name) {
        return new Target(Kind.SERVICE_ENTRY, name);
    }

    /** A Gateway. */
    public static Target gateway(NamespacedName name) {
        return new Target(Kind.GATEWAY, name);
    }

    /** A GatewayClass. */
    public static Target gatewayClass(String name) {
        return new Target(Kind.GATEWAY_CLASS, new NamespacedName("", name));
    }

    /** The targets of a policy; references of unknown kinds are left out. */
    public static List<Target> of(
            NamespacedName policy, List<AuthorizationPolicy.TargetRef> refs, String rootNamespace) {
        List<Target> targets = new ArrayList<>();
        for (AuthorizationPolicy.TargetRef ref : refs) {
            NamespacedName name = new NamespacedName(policy.namespace(), ref.name());
            String group = ref.group().equals("core") ? "" : ref.group();
            switch (group + "/" + ref.kind()) {
                case "/Service" -> targets.add(service(name));
                case "networking.istio.io/ServiceEntry" -> targets.add(serviceEntry(name));
                case "gateway.networking.k8s.io/Gateway" -> targets.add(gateway(name));
                case "gateway.networking.k8s.io/GatewayClass" -> {
                    if (policy.namespace().equals(rootNamespace)) {
                        targets.add(gatewayClass(ref.name()));
                    }
                }
                default -> {}
            }
        }
        return targets;
    }
}

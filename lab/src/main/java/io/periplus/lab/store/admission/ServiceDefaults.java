package io.periplus.lab.store.admission;

import static io.periplus.lab.store.Json.defaultFlag;
import static io.periplus.lab.store.Json.defaultText;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;

/** Defaults of Services. Addresses and node ports are {@link ServiceAddresses}' work. */
final class ServiceDefaults {
    private static final int AFFINITY_SECONDS = 10800;

    private ServiceDefaults() {}

    static void apply(ObjectNode spec) {
        defaultText(spec, "type", "ClusterIP");
        defaultText(spec, "sessionAffinity", "None");
        if (Json.text(spec, "sessionAffinity").equals("ClientIP") && !spec.hasNonNull("sessionAffinityConfig")) {
            spec.putObject("sessionAffinityConfig").putObject("clientIP").put("timeoutSeconds", AFFINITY_SECONDS);
        }
        String type = Json.text(spec, "type");
        if (type.equals("NodePort") || type.equals("LoadBalancer")) {
            defaultText(spec, "externalTrafficPolicy", "Cluster");
        }
        if (type.equals("LoadBalancer")) {
            defaultFlag(spec, "allocateLoadBalancerNodePorts", true);
        }
        if (!type.equals("ExternalName")) {
            defaultText(spec, "internalTrafficPolicy", "Cluster");
            defaultText(spec, "ipFamilyPolicy", "SingleStack");
            if (spec.path("ipFamilies").isEmpty()) {
                spec.set("ipFamilies", Json.array().add("IPv4"));
            }
        }
        for (ObjectNode port : Json.objects(spec.path("ports"))) {
            defaultText(port, "protocol", "TCP");
            if (!port.hasNonNull("targetPort") && port.hasNonNull("port")) {
                port.set("targetPort", port.get("port"));
            }
        }
    }
}

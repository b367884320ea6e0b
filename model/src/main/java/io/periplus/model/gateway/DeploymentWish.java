package io.periplus.model.gateway;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.proxy.ProxyKind;
import java.util.List;
import java.util.Map;

/**
 * What is to be deployed for a Gateway.
 *
 * @param kind        of the proxy
 * @param name        of the Deployment and the Service
 * @param labels      for every object and pod, the user's
 * @param annotations for every object and pod, the user's
 * @param network     of the pods; empty when it has no name
 * @param parameters  overlays of the objects, in the order in which they are applied
 * @param environment of the proxy, as the mesh configuration sets it; an empty value takes a name away
 * @param marked      whether the Gateway says already that a controller of this version manages it
 * @param addresses   IP addresses wished for, for a Service of type LoadBalancer
 */
public record DeploymentWish(
        NamespacedName gateway,
        String gatewayUid,
        String className,
        ProxyKind kind,
        String name,
        String serviceAccount,
        String serviceType,
        Map<String, String> labels,
        Map<String, String> annotations,
        String network,
        List<String> addresses,
        List<GatewayInput.Listener> listeners,
        List<Parameters> parameters,
        Map<String, String> environment,
        boolean marked) {}

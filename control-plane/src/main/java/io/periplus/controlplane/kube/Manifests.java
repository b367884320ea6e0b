package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.periplus.api.security.AuthorizationPolicyParser;
import io.periplus.api.security.PeerAuthenticationParser;
import io.periplus.api.security.RequestAuthenticationParser;
import io.periplus.model.AmbientIndex;

/** Objects that come from files instead of an API server: read as the watches read them. */
public final class Manifests {
    private Manifests() {}

    /**
     * Puts an object that policies depend on into an index.
     *
     * @return false for kinds that have no say in policy, which are left out
     */
    public static boolean put(AmbientIndex index, GenericKubernetesResource object) {
        switch (object.getKind()) {
            case "Namespace" ->
                index.watched.namespaces.put(object.getMetadata().getName(), Inputs.namespace(object));
            case "Pod" -> index.watched.pods.put(Inputs.key(object), Inputs.pod(object));
            case "Service" -> index.watched.services.put(Inputs.key(object), Inputs.service(object));
            case "ServiceEntry" ->
                index.watched.serviceEntries.put(Inputs.key(object), EntryInputs.serviceEntry(object));
            case "WorkloadEntry" ->
                index.watched.workloadEntries.put(Inputs.key(object), EntryInputs.workloadEntry(object));
            case "GatewayClass" ->
                index.watched.gatewayClasses.put(object.getMetadata().getName(), GatewayInputs.gatewayClass(object));
            case "Gateway" -> index.watched.gateways.put(Inputs.key(object), GatewayInputs.gateway(object));
            case "AuthorizationPolicy" ->
                index.watched.authorizationPolicies.put(Inputs.key(object), AuthorizationPolicyParser.parse(object));
            case "PeerAuthentication" ->
                index.watched.peerAuthentications.put(Inputs.key(object), PeerAuthenticationParser.parse(object));
            case "RequestAuthentication" ->
                index.watched.requestAuthentications.put(Inputs.key(object), RequestAuthenticationParser.parse(object));
            default -> {
                return false;
            }
        }
        return true;
    }
}

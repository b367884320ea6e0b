package io.periplus.controlplane.gateway;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The features of the Gateway API that Gateways of class {@code istio} have, by the names of its conformance suite. Those of
 * the mesh are not listed in a class.
 */
final class SupportedFeatures {
    /** Sorted, as the API demands. */
    private static final List<String> NAMES = List.of(
            "BackendTLSPolicy",
            "BackendTLSPolicySANValidation",
            "GRPCRoute",
            "GRPCRouteNamedRouteRule",
            "Gateway",
            "GatewayAddressEmpty",
            "GatewayBackendClientCertificate",
            "GatewayFrontendClientCertificateValidation",
            "GatewayFrontendClientCertificateValidationInsecureFallback",
            "GatewayHTTPListenerIsolation",
            "GatewayHTTPSListenerDetectMisdirectedRequests",
            "GatewayInfrastructurePropagation",
            "GatewayPort8080",
            "HTTPRoute",
            "HTTPRoute303RedirectStatusCode",
            "HTTPRoute307RedirectStatusCode",
            "HTTPRoute308RedirectStatusCode",
            "HTTPRouteBackendProtocolH2C",
            "HTTPRouteBackendProtocolWebSocket",
            "HTTPRouteBackendRequestHeaderModification",
            "HTTPRouteBackendTimeout",
            "HTTPRouteCORS",
            "HTTPRouteDestinationPortMatching",
            "HTTPRouteHostRewrite",
            "HTTPRouteMethodMatching",
            "HTTPRouteNamedRouteRule",
            "HTTPRouteParentRefPort",
            "HTTPRoutePathRedirect",
            "HTTPRoutePathRewrite",
            "HTTPRoutePortRedirect",
            "HTTPRouteQueryParamMatching",
            "HTTPRouteRequestMirror",
            "HTTPRouteRequestMultipleMirrors",
            "HTTPRouteRequestPercentageMirror",
            "HTTPRouteRequestTimeout",
            "HTTPRouteResponseHeaderModification",
            "HTTPRouteSchemeRedirect",
            "ListenerSet",
            "ReferenceGrant",
            "TCPRoute",
            "TLSRoute",
            "TLSRouteModeMixed",
            "TLSRouteModeTerminate");

    /** A field of HTTPRoutes that only the definitions of some channels have. */
    static final String RETRY = "spec.rules.retry";

    private static final List<String> OF_RETRY =
            List.of("HTTPRouteRetry", "HTTPRouteRetryBackendTimeout", "HTTPRouteRetryConnectionError");

    private SupportedFeatures() {}

    /**
     * What a cluster's Gateways have.
     *
     * @param known whether the cluster's definition of HTTPRoutes knows a field; an API server drops the others
     */
    static List<String> of(Predicate<String> known) {
        return known.test(RETRY)
                ? Stream.concat(NAMES.stream(), OF_RETRY.stream()).sorted().toList()
                : NAMES;
    }
}

package io.periplus.lab.store;

import io.periplus.lab.store.admission.AddressRange;

/**
 * What makes a cluster itself.
 *
 * @param name as in the kubeconfig, for example {@code cluster1}
 * @param serviceCidr IPv4 range of cluster IPs; the first address is the {@code kubernetes} Service's, the tenth the
 *     cluster DNS's
 * @param loadBalancerCidr IPv4 range of addresses for Services of type LoadBalancer
 * @param tokenIssuer issuer of service account tokens
 */
public record ClusterConfig(String name, String serviceCidr, String loadBalancerCidr, String tokenIssuer) {
    public static final String DEFAULT_ISSUER = "https://kubernetes.default.svc.cluster.local";

    public ClusterConfig(String name, String serviceCidr, String loadBalancerCidr) {
        this(name, serviceCidr, loadBalancerCidr, DEFAULT_ISSUER);
    }

    /** The n-th address of {@link #serviceCidr()}: 1 is the {@code kubernetes} Service's, 10 the cluster DNS's. */
    public String serviceAddress(int n) {
        return AddressRange.addressAt(serviceCidr, n);
    }
}

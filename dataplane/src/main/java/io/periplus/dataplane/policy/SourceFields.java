package io.periplus.dataplane.policy;

import io.periplus.wire.waypoint.Source;
import java.util.List;

/** {@code from[].source}. */
final class SourceFields {
    private SourceFields() {}

    static List<Condition> conditions(String policyNamespace, Source source) {
        Fields to = new Fields();
        to.string("principals", RequestAttributes::clientPrincipal, source.getPrincipalsList(), false);
        to.string("notPrincipals", RequestAttributes::clientPrincipal, source.getNotPrincipalsList(), true);
        to.http(
                "requestPrincipals",
                HttpAttributes::requestPrincipal,
                source.getRequestPrincipalsList(),
                false,
                value -> StringMatcher.parse(value, false));
        to.http(
                "notRequestPrincipals",
                HttpAttributes::requestPrincipal,
                source.getNotRequestPrincipalsList(),
                true,
                value -> StringMatcher.parse(value, false));
        to.string("namespaces", Attributes::namespace, source.getNamespacesList(), false, StringMatcher::parseGlob);
        to.string(
                "notNamespaces", Attributes::namespace, source.getNotNamespacesList(), true, StringMatcher::parseGlob);
        to.serviceAccount("serviceAccounts", policyNamespace, source.getServiceAccountsList(), false);
        to.serviceAccount("notServiceAccounts", policyNamespace, source.getNotServiceAccountsList(), true);
        to.string("trustDomains", Attributes::trustDomain, source.getTrustDomainsList(), false);
        to.string("notTrustDomains", Attributes::trustDomain, source.getNotTrustDomainsList(), true);
        to.address("ipBlocks", RequestAttributes::source, source.getIpBlocksList(), false);
        to.address("notIpBlocks", RequestAttributes::source, source.getNotIpBlocksList(), true);
        to.address("remoteIpBlocks", RequestAttributes::remote, source.getRemoteIpBlocksList(), false);
        to.address("notRemoteIpBlocks", RequestAttributes::remote, source.getNotRemoteIpBlocksList(), true);
        return to.conditions();
    }
}

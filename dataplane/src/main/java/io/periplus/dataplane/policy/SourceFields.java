package io.periplus.dataplane.policy;

import io.periplus.dataplane.address.Cidr;
import io.periplus.wire.waypoint.Source;
import java.util.List;

/** {@code from[].source}. */
final class SourceFields {
    private SourceFields() {}

    static List<Condition> conditions(String policyNamespace, Source source) {
        Fields to = new Fields();
        to.text("principals", TextAttribute.PRINCIPAL, source.getPrincipalsList(), false);
        to.text("notPrincipals", TextAttribute.PRINCIPAL, source.getNotPrincipalsList(), true);
        to.requestPrincipal("requestPrincipals", source.getRequestPrincipalsList(), false);
        to.requestPrincipal("notRequestPrincipals", source.getNotRequestPrincipalsList(), true);
        to.text("namespaces", TextAttribute.NAMESPACE, source.getNamespacesList(), false, StringMatcher::parseGlob);
        to.text(
                "notNamespaces",
                TextAttribute.NAMESPACE,
                source.getNotNamespacesList(),
                true,
                StringMatcher::parseGlob);
        var account = UserSyntax.serviceAccountFrom(policyNamespace);
        to.serviceAccount("serviceAccounts", source.getServiceAccountsList(), false, account);
        to.serviceAccount("notServiceAccounts", source.getNotServiceAccountsList(), true, account);
        to.text("trustDomains", TextAttribute.TRUST_DOMAIN, source.getTrustDomainsList(), false);
        to.text("notTrustDomains", TextAttribute.TRUST_DOMAIN, source.getNotTrustDomainsList(), true);
        to.address("ipBlocks", RequestAttributes::source, source.getIpBlocksList(), false, Cidr::parse);
        to.address("notIpBlocks", RequestAttributes::source, source.getNotIpBlocksList(), true, Cidr::parse);
        to.address("remoteIpBlocks", RequestAttributes::remote, source.getRemoteIpBlocksList(), false, Cidr::parse);
        to.address(
                "notRemoteIpBlocks", RequestAttributes::remote, source.getNotRemoteIpBlocksList(), true, Cidr::parse);
        return to.conditions();
    }
}

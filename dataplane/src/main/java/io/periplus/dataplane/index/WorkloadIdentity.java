package io.periplus.dataplane.index;

import io.periplus.api.SpiffeId;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Identities as the index describes them; empty fields stand for their defaults. */
public final class WorkloadIdentity {
    private static final Logger LOG = LoggerFactory.getLogger(WorkloadIdentity.class);
    private static final String DEFAULT_SERVICE_ACCOUNT = "default";

    private WorkloadIdentity() {}

    /** The identity that the workload presents. */
    public static SpiffeId of(Workload workload) {
        String trustDomain = workload.getTrustDomain();
        String account = workload.getServiceAccount();
        return new SpiffeId(
                trustDomain.isEmpty() ? SpiffeId.DEFAULT_TRUST_DOMAIN : trustDomain,
                workload.getNamespace(),
                account.isEmpty() ? DEFAULT_SERVICE_ACCOUNT : account);
    }

    /** The service's subject alternative names that are SPIFFE ids; others are reported and left out. */
    public static List<SpiffeId> of(Service service) {
        if (service.getSubjectAltNamesCount() == 0) {
            return List.of();
        }
        List<SpiffeId> identities = new ArrayList<>(service.getSubjectAltNamesCount());
        for (String name : service.getSubjectAltNamesList()) {
            SpiffeId.parse(name)
                    .ifPresentOrElse(
                            identities::add,
                            () -> LOG.warn(
                                    "service {}/{}: subject alternative name \"{}\" ignored (expected: a SPIFFE id)",
                                    service.getNamespace(),
                                    service.getHostname(),
                                    name));
        }
        return List.copyOf(identities);
    }
}

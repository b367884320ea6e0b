package io.periplus.dataplane.policy;

import java.util.List;

/** What a policy applies to. */
public sealed interface PolicyScope {
    /** Every workload. */
    record Everything() implements PolicyScope {}

    /** Workloads of the policy's namespace. */
    record OwnNamespace() implements PolicyScope {}

    /** Workloads that list the policy. */
    record Listed() implements PolicyScope {}

    /** Requests for these services; judged before an endpoint is chosen. */
    record Services(List<ServiceName> services, boolean wholeGateway) implements PolicyScope {}

    /** A service by namespace and full host name. */
    record ServiceName(String namespace, String hostname) {}
}

package io.periplus.model.input;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.ServiceInput.ServicePort;
import io.periplus.model.waypoint.Bindable;
import io.periplus.model.waypoint.Target;
import java.util.List;
import java.util.Map;

/**
 * A ServiceEntry: services that Kubernetes does not know, one for each host.
 *
 * @param created         creation time (RFC 3339), which orders entries with the same host
 * @param addresses       virtual addresses, with {@code /bits} for ranges
 * @param allocated       addresses that were chosen earlier and stand in the status
 * @param resolution      NONE, STATIC, DNS, DNS_ROUND_ROBIN or DYNAMIC_DNS
 * @param selector        of the workloads that back it; empty for none
 */
public record ServiceEntryInput(
        NamespacedName key,
        String created,
        Map<String, String> labels,
        Map<String, String> annotations,
        List<String> hosts,
        List<String> addresses,
        List<HostAddress> allocated,
        List<ServicePort> ports,
        String resolution,
        List<EndpointInput> endpoints,
        Map<String, String> selector,
        List<String> subjectAltNames,
        List<ConditionInput> conditions)
        implements Bindable {

    /** An address that the mesh chose for a host. */
    public record HostAddress(String host, String value) {}

    /** Whether the endpoints are found by asking DNS for names. */
    public boolean isDns() {
        return resolution.startsWith("DNS") || resolution.equals("DYNAMIC_DNS");
    }

    @Override
    public Target target() {
        return Target.serviceEntry(key);
    }
}

package io.periplus.model.workload;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.ServiceInput;
import io.periplus.model.waypoint.Binding;
import io.periplus.wire.workload.Service;
import java.util.List;
import java.util.Map;

/**
 * A service of the index: a Service, or one host of a ServiceEntry.
 *
 * @param key          of the object
 * @param resourceName {@code namespace/hostname}
 * @param message      as proxies receive it
 */
public record ServiceInfo(
        NamespacedName key,
        String resourceName,
        Service message,
        Map<String, String> selector,
        List<ServiceInput.ServicePort> ports,
        boolean publishNotReadyAddresses,
        Binding binding) {}

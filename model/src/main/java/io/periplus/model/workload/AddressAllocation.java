package io.periplus.model.workload;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.ServiceEntryInput;
import io.periplus.model.input.ServiceEntryInput.HostAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Chooses virtual addresses for hosts of ServiceEntries that have none, from ranges that are routed nowhere: 240.240.0.0/16
 * and 2001:2::/48. What was chosen once stays; where two entries claim the same address, the older one keeps it.
 */
public final class AddressAllocation {
    /** A ServiceEntry with this label set to {@code false} gets no address. */
    static final String LABEL = "networking.istio.io/enable-autoallocate-ip";

    /** Addresses in 240.240.0.0/16, without the first and the last. */
    private static final int SIZE = (1 << 16) - 2;

    private static final int OCTET = 256;

    private AddressAllocation() {}

    /** The addresses by ServiceEntry; entries that need none are left out. */
    public static Map<NamespacedName, List<HostAddress>> of(Collection<ServiceEntryInput> entries) {
        List<ServiceEntryInput> oldestFirst = entries.stream()
                .filter(AddressAllocation::needs)
                .sorted(Comparator.comparing(ServiceEntryInput::created).thenComparing(ServiceEntryInput::key))
                .toList();
        Set<String> taken = new HashSet<>();
        entries.forEach(entry -> taken.addAll(entry.addresses()));
        Map<NamespacedName, List<HostAddress>> kept = new LinkedHashMap<>();
        for (ServiceEntryInput entry : oldestFirst) {
            kept.put(
                    entry.key(),
                    entry.allocated().stream()
                            .filter(address -> entry.hosts().contains(address.host()) && taken.add(address.value()))
                            .toList());
        }
        Map<NamespacedName, List<HostAddress>> all = new LinkedHashMap<>();
        for (ServiceEntryInput entry : oldestFirst) {
            List<HostAddress> addresses = new ArrayList<>();
            for (String host : entry.hosts()) {
                if (host.startsWith("*.") && !entry.resolution().equals("DYNAMIC_DNS")) {
                    continue;
                }
                List<HostAddress> own = kept.getOrDefault(entry.key(), List.of()).stream()
                        .filter(address -> address.host().equals(host))
                        .toList();
                addresses.addAll(own.isEmpty() ? choose(entry.key() + "/" + host, host, taken) : own);
            }
            all.put(entry.key(), addresses);
        }
        return all;
    }

    private static boolean needs(ServiceEntryInput entry) {
        return entry.addresses().isEmpty()
                && !entry.resolution().equals("NONE")
                && !"false".equals(entry.labels().get(LABEL));
    }

    private static List<HostAddress> choose(String name, String host, Set<String> taken) {
        int start = Math.floorMod(name.hashCode(), SIZE);
        for (int i = 0; i < SIZE; i++) {
            int number = (start + i) % SIZE + 1;
            String ipv4 = "240.240." + number / OCTET + "." + number % OCTET;
            String ipv6 = "2001:2::" + Integer.toHexString(number);
            if (taken.add(ipv4)) {
                taken.add(ipv6);
                return List.of(new HostAddress(host, ipv4), new HostAddress(host, ipv6));
            }
        }
        return List.of();
    }
}

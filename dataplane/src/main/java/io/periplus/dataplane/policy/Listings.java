package io.periplus.dataplane.policy;

import io.periplus.wire.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The policies that workloads list, as groups. Made when a workload is first judged and kept: by the workload, so that judging
 * it again compares one reference, and by the names, which many workloads share.
 */
final class Listings {
    /** More than a node or a waypoint has endpoints; starting over costs a lookup by names for each. */
    private static final int WORKLOADS_MAX = 65_536;

    /** Distinct lists; one is at most as large as the policies it names. */
    private static final int LISTS_MAX = 4096;

    /**
     * What a list of names comes to.
     *
     * @param missing the first name of a policy that was never received, or {@code null}
     */
    record Listing(PolicyGroup group, @Nullable String missing) {
        static final Listing EMPTY = new Listing(PolicyGroup.EMPTY, null);
    }

    private record Known(List<String> names, Listing listing) {}

    private final Map<String, CompiledPolicy> listed;
    private final Predicate<String> isMissing;
    private final Map<String, Known> byWorkload = new ConcurrentHashMap<>();
    private final Map<List<String>, Listing> byNames = new ConcurrentHashMap<>();

    /**
     * Policies that workloads list.
     *
     * @param isMissing whether a name is of a policy that was never received
     */
    Listings(Map<String, CompiledPolicy> listed, Predicate<String> isMissing) {
        this.listed = listed;
        this.isMissing = isMissing;
    }

    /** What the workload lists. Allocates nothing for one that was asked about before. */
    Listing of(Workload workload) {
        List<String> names = workload.getAuthorizationPoliciesList();
        if (names.isEmpty()) {
            return Listing.EMPTY;
        }
        Known known = byWorkload.get(workload.getUid());
        if (known != null && known.names == names) {
            return known.listing;
        }
        if (byWorkload.size() >= WORKLOADS_MAX) {
            byWorkload.clear();
        }
        if (byNames.size() >= LISTS_MAX) {
            byNames.clear();
        }
        Listing listing = byNames.computeIfAbsent(List.copyOf(names), this::read);
        byWorkload.put(workload.getUid(), new Known(names, listing));
        return listing;
    }

    private Listing read(List<String> names) {
        List<CompiledPolicy> policies = new ArrayList<>(names.size());
        String missing = null;
        for (String name : names) {
            CompiledPolicy policy = listed.get(name);
            if (policy != null) {
                policies.add(policy);
            } else if (missing == null && isMissing.test(name)) {
                missing = name;
            }
        }
        return new Listing(PolicyGroup.of(policies), missing);
    }
}

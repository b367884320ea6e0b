package io.periplus.ztunnel.dns;

import com.google.protobuf.ByteString;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.Endpoint;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.wire.workload.IPFamilies;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.workload.WorkloadStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What the mesh knows of a name. */
final class MeshNames {
    /**
     * A name of the mesh.
     *
     * @param alias the name that has the addresses, if the asked one only stands for it; {@code null} if not
     * @param addresses of the family that was asked for, in random order; empty if there are none
     */
    record Found(@Nullable String alias, List<IpAddress> addresses) {}

    private static final int IPV4_BYTES = 4;

    private final NameSearch search;
    private final String clusterSuffix;
    private final String preferredNamespace;
    private final boolean ipv6;

    MeshNames(DnsSettings settings) {
        this.search = new NameSearch(settings.clusterDomain());
        this.clusterSuffix = ".svc." + settings.clusterDomain();
        this.preferredNamespace = settings.preferredNamespace();
        this.ipv6 = settings.ipv6();
    }

    /** The answer for a client; {@code null} if the name is not the mesh's. */
    @Nullable
    Found find(WorkloadIndex index, Workload client, String name, int type) {
        for (NameSearch.Candidate candidate : search.of(name, client.getNamespace())) {
            ServiceEntry exact = service(index, candidate.name(), client.getNamespace());
            if (exact != null) {
                String alias = candidate.alias().isEmpty() ? null : candidate.alias();
                return new Found(alias, addresses(exact, client, type));
            }
            String rest = candidate.name();
            int dot;
            while ((dot = rest.indexOf('.')) > 0) {
                rest = rest.substring(dot + 1);
                ServiceEntry wildcard = service(index, "*." + rest, client.getNamespace());
                if (wildcard != null) {
                    return new Found(null, addresses(wildcard, client, type));
                }
            }
        }
        return null;
    }

    private @Nullable ServiceEntry service(WorkloadIndex index, String hostname, String clientNamespace) {
        ServiceEntry best = null;
        int bestRank = -1;
        for (ServiceEntry entry : index.servicesNamed(hostname)) {
            String namespace = entry.service().getNamespace();
            boolean hasAddresses = entry.hasVirtualAddress() || hostname.endsWith(clusterSuffix);
            int rank = (namespace.equals(clientNamespace) ? 4 : 0)
                    + (entry.service().getCanonical() ? 2 : 0)
                    + (namespace.equals(preferredNamespace) ? 1 : 0);
            if (hasAddresses && entry.isVisibleTo(clientNamespace) && rank > bestRank) {
                best = entry;
                bestRank = rank;
            }
        }
        return best;
    }

    private List<IpAddress> addresses(ServiceEntry entry, Workload client, int type) {
        boolean wantsIpv4 = type == DnsCode.TYPE_A;
        if (!wantsIpv4 && !ipv6 || !allows(entry.service().getIpFamilies(), wantsIpv4)) {
            return List.of();
        }
        List<IpAddress> found = entry.hasVirtualAddress()
                ? virtual(entry, client.getNetwork(), wantsIpv4)
                : ofEndpoints(entry, client.getNetwork(), wantsIpv4);
        Collections.shuffle(found, ThreadLocalRandom.current());
        return found;
    }

    private static boolean allows(IPFamilies families, boolean ipv4) {
        return switch (families) {
            case IPV4_ONLY -> ipv4;
            case IPV6_ONLY -> !ipv4;
            case AUTOMATIC, DUAL, UNRECOGNIZED -> true;
        };
    }

    private static List<IpAddress> virtual(ServiceEntry entry, String network, boolean ipv4) {
        List<IpAddress> found = new ArrayList<>(2);
        for (NetworkAddress address : entry.service().getAddressesList()) {
            if (!ServiceEntry.isBlock(address)
                    && address.getNetwork().equals(network)
                    && isIpv4(address.getAddress()) == ipv4) {
                found.add(IpAddress.ofBytes(address.getAddress()));
            }
        }
        return found;
    }

    /** Of a headless service: one address of each usable instance. */
    private static List<IpAddress> ofEndpoints(ServiceEntry entry, String network, boolean ipv4) {
        List<IpAddress> found = new ArrayList<>(entry.endpoints().size());
        for (Endpoint endpoint : entry.endpoints()) {
            Workload workload = endpoint.workload();
            boolean usable = workload.getStatus() != WorkloadStatus.UNHEALTHY || entry.allowsUnhealthy();
            if (!usable || !workload.getNetwork().equals(network)) {
                continue;
            }
            for (ByteString address : workload.getAddressesList()) {
                if (isIpv4(address) == ipv4) {
                    found.add(IpAddress.ofBytes(address));
                    break;
                }
            }
        }
        return found;
    }

    private static boolean isIpv4(ByteString address) {
        return address.size() == IPV4_BYTES;
    }
}

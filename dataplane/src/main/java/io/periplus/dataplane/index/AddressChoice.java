package io.periplus.dataplane.index;

import com.google.protobuf.ByteString;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.wire.workload.IPFamilies;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which of a workload's addresses to use. */
public final class AddressChoice {
    private static final int IPV4_BYTES = 4;

    private AddressChoice() {}

    /**
     * The destination itself if the workload has it; else, of the families that the service allows, the first address
     * of the destination's family, else the first; {@code null} if there is none.
     */
    public static @Nullable IpAddress choose(
            Workload workload, @Nullable Service service, @Nullable IpAddress destination) {
        List<ByteString> addresses = workload.getAddressesList();
        ByteString first = null;
        ByteString sameFamily = null;
        for (int i = 0; i < addresses.size(); i++) {
            ByteString address = addresses.get(i);
            if (destination != null && IpAddress.ofBytes(address).equals(destination)) {
                return destination;
            }
            if (service != null && !allows(service.getIpFamilies(), address)) {
                continue;
            }
            first = first == null ? address : first;
            boolean matches = destination != null && destination.isIpv4() == isIpv4(address);
            sameFamily = sameFamily == null && matches ? address : sameFamily;
        }
        ByteString chosen = sameFamily != null ? sameFamily : first;
        return chosen == null ? null : IpAddress.ofBytes(chosen);
    }

    private static boolean allows(IPFamilies families, ByteString address) {
        return switch (families) {
            case IPV4_ONLY -> isIpv4(address);
            case IPV6_ONLY -> !isIpv4(address);
            case AUTOMATIC, DUAL, UNRECOGNIZED -> true;
        };
    }

    private static boolean isIpv4(ByteString address) {
        return address.size() == IPV4_BYTES;
    }
}

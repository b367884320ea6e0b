package io.periplus.waypoint.exchange;

import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.address.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The client that proxies before this one speak of. */
final class ForwardedFor {

    private ForwardedFor() {}

    /**
     * The original client's address: at the edge what the gateway itself found out, by how many proxies it trusts; in the
     * mesh the last entry of {@code x-forwarded-for}, which is from the proxy next to this one, as upstream's waypoints take
     * it. {@code null} if there is none or it is no address.
     */
    static @Nullable IpAddress client(HttpHeaders headers, boolean atEdge) {
        if (atEdge) {
            return address(headers.get(FieldNames.EXTERNAL_ADDRESS));
        }
        List<String> lines = headers.getAll(FieldNames.FORWARDED_FOR);
        return lines.isEmpty() ? null : address(lines.getLast());
    }

    private static @Nullable IpAddress address(@Nullable String hops) {
        if (hops == null) {
            return null;
        }
        String last = hops.substring(hops.lastIndexOf(',') + 1).trim();
        try {
            return last.isEmpty() ? null : IpAddress.parse(last);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }
}

package io.periplus.waypoint.edge;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.periplus.waypoint.exchange.Admission;
import io.periplus.waypoint.exchange.FieldNames;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields that a gateway removes, replaces and adds on a request from outside, as users of Envoy's know them
 * ({@code use_remote_address}): {@code x-envoy-*} are for insiders, the client's address goes to the end of
 * {@code x-forwarded-for}, {@code x-forwarded-proto} says what the client spoke, the request id is the gateway's own.
 *
 * @param trustedProxies how many proxies stand before this one and append to {@code x-forwarded-for}
 */
public record EdgeRules(int trustedProxies) {
    private static final String INTERNAL = "x-envoy-";

    /** Nobody stands before. */
    public static final EdgeRules DEFAULT = new EdgeRules(0);

    /**
     * For the requests of one connection.
     *
     * @param address of the client
     * @param secure whether the client speaks TLS
     * @param certificate the value of {@code x-forwarded-client-cert}, null if the client has shown none
     */
    public Admission of(String address, boolean secure, @Nullable String certificate) {
        return head -> {
            HttpHeaders headers = head.headers();
            removeInternal(headers);
            headers.remove(FieldNames.REQUEST_ID);
            if (certificate == null) {
                headers.remove(FieldNames.FORWARDED_CLIENT_CERT);
            } else {
                headers.set(FieldNames.FORWARDED_CLIENT_CERT, certificate);
            }
            headers.set(FieldNames.EXTERNAL_ADDRESS, externalAddress(headers, address));
            List<String> before = headers.getAll(FieldNames.FORWARDED_FOR);
            headers.set(
                    FieldNames.FORWARDED_FOR, before.isEmpty() ? address : String.join(",", before) + "," + address);
            if (trustedProxies == 0 || !headers.contains(FieldNames.FORWARDED_PROTO)) {
                headers.set(FieldNames.FORWARDED_PROTO, secure ? "https" : "http");
            }
        };
    }

    /** The client as the first trusted proxy saw it; the connection's own where the field does not reach back so far. */
    private String externalAddress(HttpHeaders headers, String address) {
        if (trustedProxies == 0) {
            return address;
        }
        String[] hops =
                String.join(",", headers.getAll(FieldNames.FORWARDED_FOR)).split(",", -1);
        String hop = hops.length < trustedProxies ? "" : hops[hops.length - trustedProxies].trim();
        return hop.isEmpty() ? address : hop;
    }

    private static void removeInternal(HttpHeaders headers) {
        List<CharSequence> found = null;
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = headers.iteratorCharSequence();
        while (fields.hasNext()) {
            CharSequence name = fields.next().getKey();
            if (name.length() > INTERNAL.length()
                    && AsciiString.regionMatches(name, true, 0, INTERNAL, 0, INTERNAL.length())) {
                found = found == null ? new ArrayList<>(2) : found;
                found.add(name);
            }
        }
        if (found != null) {
            found.forEach(headers::remove);
        }
    }
}

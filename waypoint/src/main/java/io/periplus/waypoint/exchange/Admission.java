package io.periplus.waypoint.exchange;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.http.RequestHead;

/** What a proxy's front makes of a client's request before anything else sees it. Used on the client's event loop. */
@FunctionalInterface
public interface Admission {
    /** In the mesh: clients are trusted in what they say of earlier hops, but not of certificates. */
    Admission MESH = head -> head.headers().remove(FieldNames.FORWARDED_CLIENT_CERT);

    /** In the mesh, for applications that want to know their clients: what is said is replaced by what is known. */
    static Admission client(String proxy, SpiffeId client) {
        String value = "By=" + proxy + ";URI=" + client;
        return head -> head.headers().set(FieldNames.FORWARDED_CLIENT_CERT, value);
    }

    /** Removes what this client may not say and adds what is known of it. */
    void admit(RequestHead head);
}

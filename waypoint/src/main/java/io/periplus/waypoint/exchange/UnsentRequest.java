package io.periplus.waypoint.exchange;

import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.dataplane.policy.HttpRequestAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A request that no connection carries, told to policies as a proxy tells them of a real one: for judgements without a
 * proxy. Belongs to one thread.
 */
public final class UnsentRequest implements JudgedRequest {
    private final RequestHead head;
    private final boolean atEdge;
    private @Nullable ValidatedToken token;

    /**
     * @param head as the servers of a proxy hand it on; it is edited as on its way through the proxy
     * @param admission of the proxy's front
     * @param atEdge whether that is a port of a Gateway
     */
    public UnsentRequest(RequestHead head, Admission admission, boolean atEdge) {
        this.head = head;
        this.atEdge = atEdge;
        HeaderRules.request(head, false, admission);
    }

    /** What policies may ask now. */
    public HttpRequestAttributes attributes(ConnectionAttributes connection) {
        return new HttpRequestAttributes(connection, new HeadAttributes(this));
    }

    /** The token that came with it was verified. */
    public void token(ValidatedToken verified) {
        token = verified;
    }

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public boolean atEdge() {
        return atEdge;
    }

    /** As it is where the mesh does not name those who are. */
    @Override
    public boolean believed() {
        return true;
    }

    @Override
    public @Nullable ValidatedToken token() {
        return token;
    }
}

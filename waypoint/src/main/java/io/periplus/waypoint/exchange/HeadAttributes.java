package io.periplus.waypoint.exchange;

import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.policy.HttpAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request as policies see it. */
record HeadAttributes(RequestContext request, String path) implements HttpAttributes {
    /** As the request is now: what routes rewrite later is not seen. */
    HeadAttributes(RequestContext request) {
        this(request, request.head().pathWithoutQuery());
    }

    private RequestHead head() {
        return request.head();
    }

    @Override
    public CharSequence method() {
        return head().method();
    }

    @Override
    public @Nullable CharSequence host() {
        return head().authority();
    }

    @Override
    public @Nullable CharSequence header(String name) {
        List<String> values = head().headers().getAll(name);
        return switch (values.size()) {
            case 0 -> null;
            case 1 -> values.getFirst();
            default -> String.join(",", values);
        };
    }

    @Override
    public @Nullable IpAddress remote() {
        return ForwardedFor.client(head().headers(), request.connection().atEdge());
    }

    @Override
    public @Nullable CharSequence requestPrincipal() {
        ValidatedToken token = request.token();
        return token == null ? null : token.principal();
    }

    @Override
    public List<String> claim(List<String> path) {
        ValidatedToken token = request.token();
        return token == null ? List.of() : token.claim(path);
    }
}

package io.periplus.waypoint.exchange;

import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.http.HttpFields;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.policy.HttpAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request as policies see it. */
record HeadAttributes(JudgedRequest request, String path) implements HttpAttributes {
    /** As the request is now: what routes rewrite later is not seen. */
    HeadAttributes(JudgedRequest request) {
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
        return switch (name) {
            case ":method" -> head().method();
            case ":scheme" -> head().scheme();
            case ":path" -> head().path();
            case ":authority", "host" -> head().authority();
            default -> field(name);
        };
    }

    private @Nullable CharSequence field(String name) {
        if (head().headers() instanceof HttpFields fields) {
            return fields.joined(name);
        }
        List<String> values = head().headers().getAll(name);
        return values.isEmpty() ? null : String.join(",", values);
    }

    @Override
    public List<? extends CharSequence> repeated(String name) {
        if (name.startsWith(":") || name.equals("host")) {
            return List.of();
        }
        return head().headers() instanceof HttpFields fields
                ? fields.repeated(name)
                : head().headers().getAll(name);
    }

    @Override
    public @Nullable IpAddress remote() {
        return request.believed() ? ForwardedFor.client(head().headers(), request.atEdge()) : null;
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

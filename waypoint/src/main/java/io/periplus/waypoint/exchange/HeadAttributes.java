package io.periplus.waypoint.exchange;

import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.policy.HttpAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request's head as policies see it. */
record HeadAttributes(RequestHead head, String path) implements HttpAttributes {
    HeadAttributes(RequestHead head) {
        this(head, head.pathWithoutQuery());
    }

    @Override
    public CharSequence method() {
        return head.method();
    }

    @Override
    public @Nullable CharSequence host() {
        return head.authority();
    }

    @Override
    public @Nullable CharSequence header(String name) {
        List<String> values = head.headers().getAll(name);
        return switch (values.size()) {
            case 0 -> null;
            case 1 -> values.getFirst();
            default -> String.join(",", values);
        };
    }
}

package io.periplus.waypoint.authz;

import io.periplus.dataplane.http.HttpLimits;
import io.periplus.dataplane.http.RequestHead;
import java.util.List;
import java.util.Map;

/**
 * What an authorizer wants done to a request that it allows.
 *
 * @param removed names of fields
 * @param query parameters that are set, by name
 * @param queryRemoved names of parameters
 */
record RequestEdits(
        List<FieldEdit> fields, List<String> removed, Map<String, String> query, List<String> queryRemoved) {
    static final RequestEdits NONE = new RequestEdits(List.of(), List.of(), Map.of(), List.of());

    boolean isEmpty() {
        return fields.isEmpty() && removed.isEmpty() && query.isEmpty() && queryRemoved.isEmpty();
    }

    /** Whether a head with these edits can still be passed on. */
    boolean fits(RequestHead head) {
        int bytes = head.path().length();
        for (FieldEdit edit : fields) {
            bytes += edit.bytes();
        }
        for (Map.Entry<String, String> parameter : query.entrySet()) {
            bytes += parameter.getKey().length() + parameter.getValue().length();
        }
        return bytes <= HttpLimits.HEAD_BYTES_MAX && head.headers().size() + fields.size() <= HttpLimits.HEADERS_MAX;
    }

    void apply(RequestHead head) {
        for (String name : removed) {
            head.headers().remove(name);
        }
        FieldEdit.apply(fields, head.headers());
        if (!query.isEmpty() || !queryRemoved.isEmpty()) {
            head.setPath(QueryEdits.apply(head.path(), query, queryRemoved));
        }
    }
}

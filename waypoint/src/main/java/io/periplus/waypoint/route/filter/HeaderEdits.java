package io.periplus.waypoint.route.filter;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;

/**
 * Changes to header fields: replaced, then added to, then removed. Names are in lower case.
 *
 * @param set in place of all values there are
 * @param add after the values there are, as lines of their own
 */
public record HeaderEdits(List<Field> set, List<Field> add, List<AsciiString> remove) {
    /** A name and its value. */
    public record Field(AsciiString name, String value) {}

    /** No change. */
    public static final HeaderEdits NONE = new HeaderEdits(List.of(), List.of(), List.of());

    public void apply(HttpHeaders headers) {
        for (int i = 0; i < set.size(); i++) {
            headers.set(set.get(i).name, set.get(i).value);
        }
        for (int i = 0; i < add.size(); i++) {
            headers.add(add.get(i).name, add.get(i).value);
        }
        for (int i = 0; i < remove.size(); i++) {
            headers.remove(remove.get(i));
        }
    }
}

package io.periplus.dataplane.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A header of the request. Where it stands in the request several times, applications take one of the values, or all of them
 * joined with commas (RFC 9110 §5.3), and nobody here knows which: so a rule that lets traffic pass holds only if it does for
 * each of them and for all joined, and any other rule holds as soon as it does for one.
 *
 * @param name     in lower case
 * @param allowing whether it is part of a rule that lets traffic pass
 */
record HeaderCondition(String field, String name, TextMatchers values, boolean negated, boolean allowing)
        implements Condition {
    @Override
    public boolean matches(RequestAttributes attributes) {
        CharSequence joined = joined(attributes);
        if (joined == null) {
            return false;
        }
        boolean everyone = allowing != negated;
        boolean matched = values.match(joined);
        if (matched != everyone) {
            return matched;
        }
        List<? extends CharSequence> each = repeated(attributes, name, joined);
        for (int i = 0; i < each.size(); i++) {
            if (values.match(each.get(i)) != everyone) {
                return !everyone;
            }
        }
        return everyone;
    }

    private @Nullable CharSequence joined(RequestAttributes attributes) {
        HttpAttributes http = attributes.http();
        return http == null ? null : http.header(name);
    }

    /** Its values if there are several of them; what has no comma is one. */
    static List<? extends CharSequence> repeated(RequestAttributes attributes, String name, CharSequence joined) {
        HttpAttributes http = attributes.http();
        return http != null && Text.contains(joined, ',') ? http.repeated(name) : List.of();
    }

    @Override
    public List<String> expected() {
        return Condition.texts(values.all());
    }

    @Override
    public String actual(RequestAttributes attributes) {
        return Condition.shown(joined(attributes));
    }

    @Override
    public boolean needsHttp() {
        return true;
    }
}

package io.periplus.dataplane.policy;

import java.util.List;
import java.util.stream.Collectors;

/** Values of policies in sentences. */
final class Values {
    /** More than these are counted, not listed. */
    private static final int SHOWN_MAX = 5;

    private Values() {}

    /** For example {@code "GET" or "HEAD"}. */
    static String oneOf(List<String> values) {
        String shown = values.stream()
                .limit(SHOWN_MAX)
                .map(value -> "\"" + value + "\"")
                .collect(Collectors.joining(" or "));
        return values.size() <= SHOWN_MAX ? shown : shown + " or one of " + (values.size() - SHOWN_MAX) + " more";
    }
}

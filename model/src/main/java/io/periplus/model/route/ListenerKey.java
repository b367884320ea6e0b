package io.periplus.model.route;

import java.util.Comparator;

/** A listener, by the name that its object gives it. */
public record ListenerKey(ParentKey parent, String listener) implements Comparable<ListenerKey> {
    private static final Comparator<ListenerKey> ORDER =
            Comparator.comparing(ListenerKey::parent).thenComparing(ListenerKey::listener);

    @Override
    public int compareTo(ListenerKey other) {
        return ORDER.compare(this, other);
    }
}

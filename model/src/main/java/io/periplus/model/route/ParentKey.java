package io.periplus.model.route;

import io.periplus.api.NamespacedName;
import java.util.Comparator;

/** An object with listeners that routes attach to. */
public record ParentKey(Kind kind, NamespacedName name) implements Comparable<ParentKey> {
    private static final Comparator<ParentKey> ORDER =
            Comparator.comparing(ParentKey::kind).thenComparing(ParentKey::name);

    /** Kinds of such objects; each reaches only its own listeners. */
    public enum Kind {
        GATEWAY,
        LISTENER_SET
    }

    /** A Gateway. */
    public static ParentKey gateway(NamespacedName name) {
        return new ParentKey(Kind.GATEWAY, name);
    }

    /** A ListenerSet. */
    public static ParentKey listenerSet(NamespacedName name) {
        return new ParentKey(Kind.LISTENER_SET, name);
    }

    @Override
    public int compareTo(ParentKey other) {
        return ORDER.compare(this, other);
    }
}

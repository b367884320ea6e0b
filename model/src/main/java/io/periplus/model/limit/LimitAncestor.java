package io.periplus.model.limit;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.ConditionInput;
import java.util.Comparator;
import java.util.List;

/** An entry in the status of a policy. */
public record LimitAncestor(Ref ref, List<ConditionInput> conditions) {
    /**
     * The Gateway that enforces the policy, or what it targets where nothing does.
     *
     * @param group   empty for the core group
     * @param section empty for the whole object
     */
    public record Ref(String group, String kind, NamespacedName name, String section) implements Comparable<Ref> {
        private static final Comparator<Ref> ORDER = Comparator.comparing(Ref::kind)
                .thenComparing(Ref::name)
                .thenComparing(Ref::section)
                .thenComparing(Ref::group);

        static Ref gateway(NamespacedName name) {
            return new Ref(LimitPlace.Kind.GATEWAY.group(), LimitPlace.Kind.GATEWAY.kind(), name, "");
        }

        static Ref of(LimitPlace place) {
            return new Ref(place.kind().group(), place.kind().kind(), place.name(), place.section());
        }

        @Override
        public int compareTo(Ref other) {
            return ORDER.compare(this, other);
        }
    }
}

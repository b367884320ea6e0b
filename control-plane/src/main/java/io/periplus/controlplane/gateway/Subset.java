package io.periplus.controlplane.gateway;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether a live object still has everything that was wished for; what others added does not matter. */
final class Subset {
    private Subset() {}

    /** Whether {@code live} has all of {@code wanted}: keys of maps, items of lists, equal leaves. */
    static boolean contains(@Nullable Object live, @Nullable Object wanted) {
        return switch (wanted) {
            case Map<?, ?> fields ->
                live instanceof Map<?, ?> present
                        && fields.entrySet().stream().allMatch(e -> contains(present.get(e.getKey()), e.getValue()));
            case List<?> items ->
                live instanceof List<?> present
                        && items.stream().allMatch(item -> present.stream().anyMatch(p -> contains(p, item)));
            case Number number -> live instanceof Number present && present.longValue() == number.longValue();
            case null -> true;
            default -> Objects.equals(live, wanted);
        };
    }
}

package io.periplus.dataplane.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an index of rules asks about the traffic: a rule may demand that it is one of a few literal texts. */
sealed interface Facet {
    /** Whether texts differ in case only are the same. */
    boolean ignoreCase();

    /** What a table has for the traffic's text, or {@code null}. Allocates nothing. */
    <V> @Nullable V find(LiteralTable<V> table, RequestAttributes attributes);

    /** Further texts, where the traffic has several. */
    default List<? extends CharSequence> others(RequestAttributes attributes) {
        return List.of();
    }

    /** A whole attribute. */
    record Whole(TextAttribute attribute) implements Facet {
        @Override
        public boolean ignoreCase() {
            return attribute.ignoreCase();
        }

        @Override
        public <V> @Nullable V find(LiteralTable<V> table, RequestAttributes attributes) {
            CharSequence text = attribute.of(attributes);
            return text == null ? null : table.get(text);
        }
    }

    /**
     * A header of the request: all of its values joined, and each.
     *
     * @param name in lower case
     */
    record Header(String name) implements Facet {
        @Override
        public boolean ignoreCase() {
            return false;
        }

        @Override
        public <V> @Nullable V find(LiteralTable<V> table, RequestAttributes attributes) {
            HttpAttributes http = attributes.http();
            CharSequence text = http == null ? null : http.header(name);
            return text == null ? null : table.get(text);
        }

        @Override
        public List<? extends CharSequence> others(RequestAttributes attributes) {
            HttpAttributes http = attributes.http();
            CharSequence text = http == null ? null : http.header(name);
            return text == null ? List.of() : HeaderCondition.repeated(attributes, name, text);
        }
    }

    /**
     * One segment of the path.
     *
     * @param index from 0, which begins after the first slash
     */
    record Segment(int index) implements Facet {
        /** Deeper ones are not asked for. */
        static final int COUNT = 6;

        @Override
        public boolean ignoreCase() {
            return false;
        }

        @Override
        public <V> @Nullable V find(LiteralTable<V> table, RequestAttributes attributes) {
            CharSequence path = TextAttribute.PATH.of(attributes);
            if (path == null || path.isEmpty() || path.charAt(0) != '/') {
                return null;
            }
            int start = 1;
            for (int i = 0; i < index; i++) {
                start = Text.segmentEnd(path, start) + 1;
                if (start > path.length()) {
                    return null;
                }
            }
            return table.get(path, start, Text.segmentEnd(path, start));
        }
    }
}

package io.periplus.dataplane.http;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one message in the order of their arrival (RFC 9110 §5), names in lower case. A message has few of them, so
 * they lie in one array that is searched from end to end; a word of bits says at once that a name cannot be among them.
 *
 * <p>Values that come from elsewhere than a parser are checked: one with a line break would end the field early on the wire.
 */
public final class HttpFields extends HttpHeaders {
    private static final int FEW = 12;

    /** Name and value in turn. */
    private CharSequence[] fields;

    private int end;
    private long present;

    public HttpFields() {
        this(FEW);
    }

    /** Fields with room for so many. */
    public HttpFields(int room) {
        fields = new CharSequence[2 * room];
    }

    private static long bit(int hash) {
        return 1L << hash;
    }

    /** Adds a field that a parser has checked; the name is in lower case. */
    void append(AsciiString name, CharSequence value) {
        if (end == fields.length) {
            fields = Arrays.copyOf(fields, Math.max(2 * FEW, 2 * end));
        }
        present |= bit(name.hashCode());
        fields[end++] = name;
        fields[end++] = value;
    }

    /** The place of the next field of that name at or after {@code from}, -1 if there is none. */
    private int find(CharSequence name, int from) {
        int hash = AsciiString.hashCode(name);
        if ((present & bit(hash)) == 0) {
            return -1;
        }
        for (int i = from; i < end; i += 2) {
            CharSequence candidate = fields[i];
            if (candidate == name
                    || candidate.hashCode() == hash && AsciiString.contentEqualsIgnoreCase(candidate, name)) {
                return i;
            }
        }
        return -1;
    }

    /** The first value of that name, null if there is none. */
    public @Nullable CharSequence value(CharSequence name) {
        int at = find(name, 0);
        return at < 0 ? null : fields[at + 1];
    }

    /** The values of that name joined with commas (RFC 9110 §5.3), null if there is none. A single one is not copied. */
    public @Nullable CharSequence joined(CharSequence name) {
        int at = find(name, 0);
        return at < 0 ? null : find(name, at + 2) < 0 ? fields[at + 1] : String.join(",", getAll(name));
    }

    /** The values of a name that is there more than once, each as it came; empty for any other, which allocates nothing. */
    public List<CharSequence> repeated(CharSequence name) {
        int at = find(name, 0);
        int second = at < 0 ? -1 : find(name, at + 2);
        if (second < 0) {
            return List.of();
        }
        List<CharSequence> values = new ArrayList<>();
        values.add(fields[at + 1]);
        for (int next = second; next >= 0; next = find(name, next + 2)) {
            values.add(fields[next + 1]);
        }
        return values;
    }

    private static AsciiString checkedName(CharSequence name) {
        if (!FieldSyntax.isToken(name)) {
            throw new IllegalArgumentException("field name: \"%s\" (expected: a token)".formatted(name));
        }
        return AsciiString.of(name).toLowerCase();
    }

    private static CharSequence checkedValue(Object value) {
        CharSequence text = switch (value) {
            case CharSequence sequence -> sequence;
            case Date date -> DateFormatter.format(date);
            default -> value.toString();
        };
        if (!FieldSyntax.isValue(text)) {
            throw new IllegalArgumentException("field value: \"%s\" (expected: no control characters)".formatted(text));
        }
        return FieldSyntax.isLatin1(text)
                ? text
                : new AsciiString(text.toString().getBytes(StandardCharsets.UTF_8), false);
    }

    private void removeFrom(CharSequence name, int first) {
        int kept = first;
        for (int next = first; next >= 0; ) {
            int following = find(name, next + 2);
            int stop = following < 0 ? end : following;
            int count = stop - next - 2;
            System.arraycopy(fields, next + 2, fields, kept, count);
            kept += count;
            next = following;
        }
        Arrays.fill(fields, kept, end, "");
        end = kept;
    }

    // ---- reading

    @Override
    public @Nullable String get(CharSequence name) {
        CharSequence value = value(name);
        return value == null ? null : value.toString();
    }

    @Override
    public @Nullable String get(String name) {
        return get((CharSequence) name);
    }

    @Override
    public @Nullable Integer getInt(CharSequence name) {
        try {
            String value = get(name);
            return value == null ? null : Integer.valueOf(value);
        } catch (NumberFormatException _) {
            return null;
        }
    }

    @Override
    public int getInt(CharSequence name, int otherwise) {
        Integer value = getInt(name);
        return value == null ? otherwise : value;
    }

    @Override
    public @Nullable Short getShort(CharSequence name) {
        Integer value = getInt(name);
        return value == null || value != value.shortValue() ? null : value.shortValue();
    }

    @Override
    public short getShort(CharSequence name, short otherwise) {
        Short value = getShort(name);
        return value == null ? otherwise : value;
    }

    @Override
    public @Nullable Long getTimeMillis(CharSequence name) {
        CharSequence value = value(name);
        Date date = value == null ? null : DateFormatter.parseHttpDate(value);
        return date == null ? null : date.getTime();
    }

    @Override
    public long getTimeMillis(CharSequence name, long otherwise) {
        Long value = getTimeMillis(name);
        return value == null ? otherwise : value;
    }

    @Override
    public List<String> getAll(CharSequence name) {
        int at = find(name, 0);
        if (at < 0) {
            return List.of();
        }
        List<String> values = new ArrayList<>(2);
        for (; at >= 0; at = find(name, at + 2)) {
            values.add(fields[at + 1].toString());
        }
        return values;
    }

    @Override
    public List<String> getAll(String name) {
        return getAll((CharSequence) name);
    }

    @Override
    public Iterator<String> valueStringIterator(CharSequence name) {
        return getAll(name).iterator();
    }

    @Override
    public Iterator<? extends CharSequence> valueCharSequenceIterator(CharSequence name) {
        return getAll(name).iterator();
    }

    @Override
    public boolean contains(CharSequence name) {
        return find(name, 0) >= 0;
    }

    @Override
    public boolean contains(String name) {
        return find(name, 0) >= 0;
    }

    @Override
    public boolean contains(String name, String value, boolean ignoreCase) {
        return contains((CharSequence) name, value, ignoreCase);
    }

    @Override
    public boolean contains(CharSequence name, CharSequence value, boolean ignoreCase) {
        for (int at = find(name, 0); at >= 0; at = find(name, at + 2)) {
            CharSequence held = fields[at + 1];
            if (ignoreCase
                    ? AsciiString.contentEqualsIgnoreCase(held, value)
                    : AsciiString.contentEquals(held, value)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean isEmpty() {
        return end == 0;
    }

    @Override
    public int size() {
        return end / 2;
    }

    @Override
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < end; i += 2) {
            names.add(fields[i].toString());
        }
        return names;
    }

    @Override
    public List<Map.Entry<String, String>> entries() {
        List<Map.Entry<String, String>> all = new ArrayList<>(size());
        for (int i = 0; i < end; i += 2) {
            all.add(Map.entry(fields[i].toString(), fields[i + 1].toString()));
        }
        return all;
    }

    @Override
    @Deprecated
    public Iterator<Map.Entry<String, String>> iterator() {
        return entries().iterator();
    }

    /** One entry object serves for all fields: it holds the field that was returned last. */
    @Override
    public Iterator<Map.Entry<CharSequence, CharSequence>> iteratorCharSequence() {
        return new Cursor();
    }

    // ---- changing

    @Override
    public HttpFields add(CharSequence name, Object value) {
        append(checkedName(name), checkedValue(value));
        return this;
    }

    @Override
    public HttpFields add(String name, Object value) {
        return add((CharSequence) name, value);
    }

    @Override
    public HttpFields add(CharSequence name, Iterable<?> values) {
        values.forEach(value -> add(name, value));
        return this;
    }

    @Override
    public HttpFields add(String name, Iterable<?> values) {
        return add((CharSequence) name, values);
    }

    @Override
    public HttpFields addInt(CharSequence name, int value) {
        return add(name, (Object) Integer.toString(value));
    }

    @Override
    public HttpFields addShort(CharSequence name, short value) {
        return addInt(name, value);
    }

    @Override
    public HttpFields set(CharSequence name, Object value) {
        int at = find(name, 0);
        if (at < 0) {
            return add(name, value);
        }
        fields[at + 1] = checkedValue(value);
        int second = find(name, at + 2);
        if (second >= 0) {
            removeFrom(name, second);
        }
        return this;
    }

    @Override
    public HttpFields set(String name, Object value) {
        return set((CharSequence) name, value);
    }

    @Override
    public HttpFields set(CharSequence name, Iterable<?> values) {
        remove(name);
        return add(name, values);
    }

    @Override
    public HttpFields set(String name, Iterable<?> values) {
        return set((CharSequence) name, values);
    }

    @Override
    public HttpFields setInt(CharSequence name, int value) {
        return set(name, (Object) Integer.toString(value));
    }

    @Override
    public HttpFields setShort(CharSequence name, short value) {
        return setInt(name, value);
    }

    @Override
    public HttpFields remove(CharSequence name) {
        int at = find(name, 0);
        if (at >= 0) {
            removeFrom(name, at);
        }
        return this;
    }

    @Override
    public HttpFields remove(String name) {
        return remove((CharSequence) name);
    }

    @Override
    public HttpFields clear() {
        Arrays.fill(fields, 0, end, "");
        end = 0;
        present = 0;
        return this;
    }

    @Override
    public HttpFields copy() {
        HttpFields copy = new HttpFields(size());
        System.arraycopy(fields, 0, copy.fields, 0, end);
        copy.end = end;
        copy.present = present;
        return copy;
    }

    /** The name of a field, for a writer. */
    CharSequence nameAt(int index) {
        return fields[2 * index];
    }

    /** The value of a field, for a writer. */
    CharSequence valueAt(int index) {
        return fields[2 * index + 1];
    }

    private final class Cursor
            implements Iterator<Map.Entry<CharSequence, CharSequence>>, Map.Entry<CharSequence, CharSequence> {
        private int next;

        @Override
        public boolean hasNext() {
            return next < end;
        }

        @Override
        public Map.Entry<CharSequence, CharSequence> next() {
            if (next >= end) {
                throw new NoSuchElementException();
            }
            next += 2;
            return this;
        }

        @Override
        public CharSequence getKey() {
            return fields[next - 2];
        }

        @Override
        public CharSequence getValue() {
            return fields[next - 1];
        }

        @Override
        public CharSequence setValue(CharSequence value) {
            CharSequence before = fields[next - 1];
            fields[next - 1] = checkedValue(value);
            return before;
        }
    }
}

package io.periplus.dataplane.admin.coding;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code Accept-Encoding} (RFC 9110, section 12.5.3). */
public final class AcceptEncoding {
    /** A coding or {@code *}, and its weight. What does not look so says nothing. */
    private static final Pattern MEMBER =
            Pattern.compile("([^\\s;]+)(?:\\s*;\\s*[qQ]=(0(?:\\.[0-9]{0,3})?|1(?:\\.0{0,3})?))?");
    /** Of what nobody named: without a coding an answer is acceptable, and anything named is better. */
    private static final double UNNAMED = 0.0001;

    private AcceptEncoding() {}

    /**
     * The codings that a client accepts, the best first; between equal weights the order of {@link ContentCoding}.
     *
     * @param headers of one request, each a list
     * @return empty if nothing there is would be accepted
     */
    public static List<ContentCoding> acceptable(Collection<String> headers) {
        Map<ContentCoding, Double> weights = new EnumMap<>(ContentCoding.class);
        Double others = null;
        for (String member : headers.stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .toList()) {
            Matcher matcher = MEMBER.matcher(member.strip());
            if (!matcher.matches()) {
                continue;
            }
            double weight = matcher.group(2) == null ? 1 : Double.parseDouble(matcher.group(2));
            if (matcher.group(1).equals("*")) {
                others = weight;
            }
            ContentCoding coding = named(matcher.group(1).toLowerCase(Locale.ROOT));
            if (coding != null) {
                weights.merge(coding, weight, Math::max);
            }
        }
        if (others != null) {
            for (ContentCoding coding : ContentCoding.values()) {
                weights.putIfAbsent(coding, others);
            }
        }
        weights.putIfAbsent(ContentCoding.IDENTITY, UNNAMED);
        return weights.entrySet().stream()
                .filter(coding -> coding.getValue() > 0)
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static @Nullable ContentCoding named(String name) {
        return switch (name) {
            case "zstd" -> ContentCoding.ZSTD;
            case "br" -> ContentCoding.BR;
            case "gzip", "x-gzip" -> ContentCoding.GZIP;
            case "deflate" -> ContentCoding.DEFLATE;
            case "identity" -> ContentCoding.IDENTITY;
            default -> null;
        };
    }
}

package io.periplus.waypoint.authn;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.exchange.ValidatedToken;
import io.periplus.wire.waypoint.ClaimHeader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What becomes of a request whose tokens hold: what it tells policies and the endpoint. */
final class Outputs {
    private Outputs() {}

    /**
     * Of several tokens that of the first issuer speaks; its headers come first, too.
     *
     * @return what policies are told
     */
    static ValidatedToken apply(RequestHead head, List<Accepted> tokens) {
        Accepted speaks = tokens.getFirst();
        for (Accepted token : tokens) {
            if (token.rule().issuer().compareTo(speaks.rule().issuer()) < 0) {
                speaks = token;
            }
            if (!token.rule().forward()) {
                token.place().clear(head);
            }
        }
        write(speaks, head.headers());
        for (Accepted token : tokens) {
            if (token != speaks) {
                write(token, head.headers());
            }
        }
        return speaks.token().as(speaks.rule());
    }

    private static void write(Accepted token, HttpHeaders headers) {
        Jwt jwt = token.token().token();
        CompiledRule rule = token.rule();
        if (!rule.payloadHeader().isEmpty() && !headers.contains(rule.payloadHeader())) {
            headers.set(rule.payloadHeader(), jwt.payload());
        }
        for (ClaimHeader output : rule.claimHeaders()) {
            String value = text(claim(jwt.claims(), output.getClaim()));
            if (value != null && !headers.contains(output.getHeader())) {
                // As bytes: what is beyond ASCII goes out as UTF-8.
                headers.set(output.getHeader(), new AsciiString(value.getBytes(StandardCharsets.UTF_8), false));
            }
        }
    }

    /** A claim by its name, or by its way through nested claims. */
    private static @Nullable Object claim(Map<?, ?> claims, String name) {
        Object whole = claims.get(name);
        if (whole != null) {
            return whole;
        }
        int dot = name.indexOf('.');
        return dot > 0 && claims.get(name.substring(0, dot)) instanceof Map<?, ?> inner
                ? claim(inner, name.substring(dot + 1))
                : null;
    }

    /** As the value of a header; null for what is none, such as text with line breaks. */
    static @Nullable String text(@Nullable Object claim) {
        return switch (claim) {
            case String text -> isValue(text) ? text : null;
            case Boolean truth -> truth.toString();
            case Float number -> fraction(number);
            case Double number -> fraction(number);
            case Number number -> number.toString();
            case List<?> list -> encoded(list);
            case Map<?, ?> map -> encoded(map);
            case null, default -> null;
        };
    }

    private static String fraction(Number number) {
        double value = number.doubleValue();
        return value == Math.rint(value) && Math.abs(value) < Long.MAX_VALUE
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%f", value);
    }

    private static String encoded(Object value) {
        return Base64.getEncoder().encodeToString(TokenJson.text(value).getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isValue(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == 0x7f) {
                return false;
            }
        }
        return !text.isEmpty();
    }
}

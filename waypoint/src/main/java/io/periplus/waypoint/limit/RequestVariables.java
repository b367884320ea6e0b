package io.periplus.waypoint.limit;

import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.api.SpiffeId;
import io.periplus.api.cel.Expressions;
import io.periplus.api.cel.Variables;
import io.periplus.waypoint.exchange.RequestContext;
import io.periplus.waypoint.exchange.ValidatedToken;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request, as expressions ask about it. */
record RequestVariables(RequestContext request) implements Variables {
    @Override
    public @Nullable Object find(String name) {
        SpiffeId client = request.attributes().client();
        ValidatedToken token = request.token();
        return switch (name) {
            case Expressions.METHOD -> request.head().method();
            case Expressions.PATH -> request.head().pathWithoutQuery();
            case Expressions.QUERY -> query(request.head().path());
            case Expressions.HOST -> KeyPart.host(request);
            case Expressions.HEADERS -> headers(request.head().headers());
            case Expressions.TOKEN_PRINCIPAL -> token == null ? "" : token.principal();
            case Expressions.CLAIMS -> token == null ? Map.of() : wide(token.claims());
            case Expressions.PRINCIPAL -> KeyPart.identity(request);
            case Expressions.NAMESPACE -> client == null ? "" : client.namespace();
            case Expressions.SERVICE_ACCOUNT -> client == null ? "" : client.serviceAccount();
            case Expressions.ADDRESS -> KeyPart.clientAddress(request);
            case Expressions.PORT -> (long) request.addressed().port();
            default -> null;
        };
    }

    private static String query(String path) {
        int mark = path.indexOf('?');
        return mark < 0 ? "" : path.substring(mark + 1);
    }

    private static Map<String, String> headers(HttpHeaders headers) {
        Map<String, String> fields = new HashMap<>();
        for (Map.Entry<String, String> field : headers) {
            fields.merge(field.getKey().toLowerCase(Locale.ROOT), field.getValue(), (a, b) -> a + "," + b);
        }
        return fields;
    }

    /** CEL knows 64-bit numbers and doubles only. */
    private static Object wide(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, Object> wide = new HashMap<>();
                map.forEach((key, inner) -> wide.put(String.valueOf(key), wide(inner)));
                yield wide;
            }
            case List<?> list -> {
                List<Object> wide = new ArrayList<>(list.size());
                list.forEach(inner -> wide.add(wide(inner)));
                yield wide;
            }
            case Integer number -> number.longValue();
            case Short number -> number.longValue();
            case Float number -> number.doubleValue();
            default -> value;
        };
    }
}

package io.periplus.waypoint.telemetry;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.periplus.waypoint.telemetry.LogOperators.Operator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A compiled format of the access log: what one line looks like. Immutable. */
public final class LogLine {
    /** Istio's text format, without its line end. */
    static final String DEFAULT_TEXT =
            "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" "
                    + "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "
                    + "\"%UPSTREAM_TRANSPORT_FAILURE_REASON%\" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% "
                    + "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" "
                    + "\"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\" %UPSTREAM_CLUSTER_RAW% "
                    + "%UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% "
                    + "%REQUESTED_SERVER_NAME% %ROUTE_NAME%";

    /** Keys of Istio's JSON format and what they hold, in the order in which Istio documents them. */
    private static final String DEFAULT_JSON = """
            start_time %START_TIME%
            route_name %ROUTE_NAME%
            method %REQ(:METHOD)%
            path %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%
            protocol %PROTOCOL%
            response_code %RESPONSE_CODE%
            response_flags %RESPONSE_FLAGS%
            response_code_details %RESPONSE_CODE_DETAILS%
            connection_termination_details %CONNECTION_TERMINATION_DETAILS%
            bytes_received %BYTES_RECEIVED%
            bytes_sent %BYTES_SENT%
            duration %DURATION%
            upstream_service_time %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%
            x_forwarded_for %REQ(X-FORWARDED-FOR)%
            user_agent %REQ(USER-AGENT)%
            request_id %REQ(X-REQUEST-ID)%
            authority %REQ(:AUTHORITY)%
            upstream_host %UPSTREAM_HOST%
            upstream_cluster %UPSTREAM_CLUSTER_RAW%
            upstream_local_address %UPSTREAM_LOCAL_ADDRESS%
            downstream_local_address %DOWNSTREAM_LOCAL_ADDRESS%
            downstream_remote_address %DOWNSTREAM_REMOTE_ADDRESS%
            requested_server_name %REQUESTED_SERVER_NAME%
            upstream_transport_failure_reason %UPSTREAM_TRANSPORT_FAILURE_REASON%
            """;

    private static final Pattern OPERATOR = Pattern.compile("%(?:([A-Z0-9_]+)(?:\\(([^)]*)\\))?)?%");

    /** A literal, or an operator where {@code operator} is not null. */
    private record Piece(String literal, @Nullable Operator operator) {}

    private final Map<String, List<Piece>> fields;
    private final boolean json;

    private LogLine(Map<String, List<Piece>> fields, boolean json) {
        this.fields = fields;
        this.json = json;
    }

    /**
     * Lines of text.
     *
     * @param format with Envoy's operators; empty for Istio's own
     * @throws IllegalArgumentException if the format uses an operator that does not exist
     */
    public static LogLine text(String format) {
        String wanted = format.isEmpty() ? DEFAULT_TEXT : format;
        String line = wanted.endsWith("\n") ? wanted.substring(0, wanted.length() - 1) : wanted;
        return new LogLine(Map.of("", pieces(line)), false);
    }

    /** One JSON object a line, with Istio's keys; numbers are numbers, and what is absent is null. */
    public static LogLine json() {
        Map<String, String> fields = new LinkedHashMap<>();
        DEFAULT_JSON.lines().forEach(line -> {
            int space = line.indexOf(' ');
            fields.put(line.substring(0, space), line.substring(space + 1));
        });
        return json(fields);
    }

    /**
     * One JSON object a line.
     *
     * @param formats by key, with Envoy's operators
     * @throws IllegalArgumentException if a format uses an operator that does not exist
     */
    public static LogLine json(Map<String, String> formats) {
        Map<String, List<Piece>> fields = new LinkedHashMap<>();
        formats.forEach((key, format) -> fields.put(key, pieces(format)));
        return new LogLine(fields, true);
    }

    private static List<Piece> pieces(String format) {
        List<Piece> pieces = new ArrayList<>();
        Matcher matcher = OPERATOR.matcher(format);
        int end = 0;
        while (matcher.find()) {
            literal(pieces, format.substring(end, matcher.start()));
            String name = matcher.group(1);
            if (name == null) {
                literal(pieces, "%");
            } else {
                pieces.add(new Piece("", LogOperators.of(name, matcher.group(2))));
            }
            end = matcher.end();
        }
        literal(pieces, format.substring(end));
        return List.copyOf(pieces);
    }

    private static void literal(List<Piece> pieces, String text) {
        if (!text.isEmpty()) {
            pieces.add(new Piece(text, null));
        }
    }

    /** Appends the line of a report, with its end. */
    void append(Report report, StringBuilder to) {
        if (json) {
            appendJson(report, to);
        } else {
            fields.values().forEach(pieces -> appendText(pieces, report, to));
        }
        to.append('\n');
    }

    private static void appendText(List<Piece> pieces, Report report, StringBuilder to) {
        boolean quoted = false;
        for (Piece piece : pieces) {
            Operator operator = piece.operator();
            if (operator == null) {
                to.append(piece.literal());
                quoted = piece.literal().chars().filter(c -> c == '"').count() % 2 == 1 ? !quoted : quoted;
            } else {
                Object value = operator.valueOf(report);
                String text = value == null ? "-" : value.toString();
                to.append(quoted ? text.replace("\"", "\\\"") : text);
            }
        }
    }

    private void appendJson(Report report, StringBuilder to) {
        char separator = '{';
        for (Map.Entry<String, List<Piece>> field : fields.entrySet()) {
            to.append(separator);
            string(field.getKey(), to);
            to.append(':');
            value(field.getValue(), report, to);
            separator = ',';
        }
        to.append(separator == '{' ? "{}" : "}");
    }

    private static void value(List<Piece> pieces, Report report, StringBuilder to) {
        Operator only = pieces.size() == 1 ? pieces.getFirst().operator() : null;
        if (only == null) {
            StringBuilder text = new StringBuilder();
            appendText(pieces, report, text);
            string(text.toString(), to);
            return;
        }
        switch (only.valueOf(report)) {
            case null -> to.append("null");
            case Number number -> to.append(number);
            case Object text -> string(text.toString(), to);
        }
    }

    private static void string(String text, StringBuilder to) {
        to.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, to);
        to.append('"');
    }
}

package io.periplus.controlplane.kube;

import com.google.protobuf.Duration;
import io.periplus.api.http.HttpText;
import io.periplus.wire.waypoint.RouteRetry;
import io.periplus.wire.waypoint.RouteTimeouts;
import io.periplus.wire.waypoint.SessionPersistence;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Timeouts, retries and sessions of rules. */
final class RouteTimes {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,5}(h|m|s|ms)){1,4}");
    private static final Pattern GROUP = Pattern.compile("([0-9]{1,5})(h|ms|m|s)");
    private static final int HTTP_ERROR_FIRST = 400;
    private static final int HTTP_ERROR_LAST = 599;

    private RouteTimes() {}

    static @Nullable RouteTimeouts timeouts(Tree rule, RouteFindings findings) {
        if (!rule.has("timeouts")) {
            return null;
        }
        Tree timeouts = rule.at("timeouts");
        RouteTimeouts.Builder message = RouteTimeouts.newBuilder();
        duration(timeouts, "request", findings, message::setRequest);
        duration(timeouts, "backendRequest", findings, message::setBackendRequest);
        return message.build();
    }

    static @Nullable RouteRetry retry(Tree rule, RouteFindings findings) {
        if (!rule.has("retry")) {
            return null;
        }
        Tree retry = rule.at("retry");
        RouteRetry.Builder message = RouteRetry.newBuilder();
        for (int code : retry.numbers("codes")) {
            if (code < HTTP_ERROR_FIRST || code > HTTP_ERROR_LAST) {
                findings.unusable("retry on status " + code + " (expected: 400 to 599)");
            }
            message.addCodes(code);
        }
        if (retry.has("attempts")) {
            message.setAttempts(Math.max(0, retry.number("attempts")));
        }
        duration(retry, "backoff", findings, message::setBackoff);
        return message.build();
    }

    // The cookie's and header's settings have a place of their own since v1.7; before, they stood in sessionName and
    // cookieConfig.
    static @Nullable SessionPersistence sessions(Tree rule, RouteFindings findings) {
        if (!rule.has("sessionPersistence")) {
            return null;
        }
        Tree sessions = rule.at("sessionPersistence");
        String type = sessions.text("type", "Cookie");
        boolean header = type.equals("Header");
        if (!header && !type.equals("Cookie")) {
            findings.unusable("sessionPersistence of type \"" + type + "\" is not supported");
        }
        Tree cookie = sessions.at("cookie");
        String name = (header ? sessions.at("header") : cookie).text("name", sessions.text("sessionName"));
        if (!name.isEmpty() && !(HttpText.isToken(name) && HttpText.isChangeable(name))) {
            findings.unusable("sessionPersistence is named \"" + name + "\" (expected: a header or cookie name)");
        }
        String path = cookie.text("path");
        if (!HttpText.isTarget(path) || path.contains(";")) {
            findings.unusable("the cookie's path \"" + path + "\" has a character that it may not have");
        }
        String lifetime =
                cookie.text("lifetimeType", sessions.at("cookieConfig").text("lifetimeType", "Session"));
        SessionPersistence.Builder message = SessionPersistence.newBuilder()
                .setType(header ? SessionPersistence.Type.HEADER : SessionPersistence.Type.COOKIE)
                .setName(name)
                .setPath(path)
                .setPermanent(!header && lifetime.equals("Permanent"));
        duration(sessions, "absoluteTimeout", findings, message::setAbsoluteTimeout);
        duration(sessions, "idleTimeout", findings, message::setIdleTimeout);
        if (message.getPermanent() && !message.hasAbsoluteTimeout()) {
            findings.unusable("a permanent session cookie needs an absoluteTimeout");
        }
        return message.build();
    }

    private static void duration(Tree of, String field, RouteFindings findings, Consumer<Duration> set) {
        if (!of.has(field)) {
            return;
        }
        Duration duration = duration(of.text(field));
        if (duration == null) {
            findings.unusable(
                    field + " \"" + of.text(field) + "\" is no duration (expected: such as 1h30m, 10s or 500ms)");
        } else {
            set.accept(duration);
        }
    }

    /** A duration as the Gateway API writes it; null when it is none. */
    static @Nullable Duration duration(String text) {
        if (!DURATION.matcher(text).matches()) {
            return null;
        }
        long millis = 0;
        Matcher groups = GROUP.matcher(text);
        while (groups.find()) {
            long number = Long.parseLong(groups.group(1));
            millis += switch (groups.group(2)) {
                case "h" -> number * 3_600_000;
                case "m" -> number * 60_000;
                case "s" -> number * 1_000;
                default -> number;
            };
        }
        return Duration.newBuilder()
                .setSeconds(millis / 1000)
                .setNanos((int) (millis % 1000) * 1_000_000)
                .build();
    }
}

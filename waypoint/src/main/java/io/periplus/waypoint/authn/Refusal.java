package io.periplus.waypoint.authn;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.exchange.LocalReply;

/** The answer to a request whose token does not hold, as users of Envoy know it. */
final class Refusal {
    private static final int PATH_CHARS_MOST = 256;

    private Refusal() {}

    static LocalReply of(TokenError why) {
        return new LocalReply(
                why.status(),
                why.text(),
                "",
                "jwt_authn_access_denied{" + why.text().replace(' ', '_') + "}");
    }

    /** Says what is asked for (RFC 6750 §3). */
    static void challenge(TokenError why, RequestHead head, HttpHeaders answer) {
        if (why == TokenError.OVERLOADED) {
            return;
        }
        String proto = head.headers().get("x-forwarded-proto");
        String path = head.path();
        String realm = (proto == null ? head.scheme() : proto) + "://" + head.authority()
                + path.substring(0, Math.min(path.length(), PATH_CHARS_MOST));
        answer.set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"" + quoted(realm) + "\", error=\"invalid_token\"");
    }

    // What a client sent does not end the string that it is quoted in.
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted.append("%22");
            } else if (c == '\\') {
                quoted.append("%5C");
            } else if (c >= ' ' && c <= '~') {
                quoted.append(c);
            }
        }
        return quoted.toString();
    }
}

package io.periplus.waypoint;

import java.util.ArrayList;
import java.util.List;

/**
 * Requests that one reader could take for something else than another, after the published corpora on request smuggling and
 * header injection. In requests {@code ~} stands for CR LF, and the other control characters are written as they are.
 */
final class SmugglingCorpus {
    /**
     * A request and what has to become of it.
     *
     * @param status of the client's answer
     * @param backend the request line and fields, apart from those that the waypoint adds, and the body, that the backend
     *     sees; empty if it must see nothing
     */
    record Case(String what, String request, int status, String backend) {
        String bytes() {
            return request.replace("~", "\r\n");
        }

        @Override
        public String toString() {
            return what;
        }
    }

    private SmugglingCorpus() {}

    private static Case refused(String what, String request, int status) {
        return new Case(what, request, status, "");
    }

    private static Case refused(String what, String request) {
        return refused(what, request, 400);
    }

    private static Case passed(String what, String request, String backend) {
        return new Case(what, request, 200, backend.replace("~", "\r\n"));
    }

    /** A body that a reader of the length would leave a request in, behind these fields. */
    private static String hidden(String fields) {
        return "POST / HTTP/1.1~Host: a~" + fields + "~~0~~GET /smuggled HTTP/1.1~Host: a~~";
    }

    private static String get(String fields) {
        return "GET / HTTP/1.1~Host: a~" + fields + "~~";
    }

    static List<Case> framing() {
        List<Case> all = new ArrayList<>(List.of(
                refused("CL.TE", hidden("Content-Length: 6~Transfer-Encoding: chunked")),
                refused("TE.CL", hidden("Transfer-Encoding: chunked~Content-Length: 4")),
                refused("CL.0 with a chunked body", hidden("Content-Length: 0~Transfer-Encoding: chunked")),
                refused("TE.TE, identity second", hidden("Transfer-Encoding: chunked~Transfer-Encoding: identity")),
                refused("TE.TE, identity first", hidden("Transfer-Encoding: identity~Transfer-Encoding: chunked")),
                refused("TE.TE, chunked twice", hidden("Transfer-Encoding: chunked~Transfer-Encoding: chunked")),
                refused("chunked named twice", hidden("Transfer-Encoding: chunked, chunked"), 501),
                refused("identity, then chunked", hidden("Transfer-Encoding: identity, chunked"), 501),
                refused("chunked, then identity", hidden("Transfer-Encoding: chunked, identity"), 501),
                refused("xchunked", hidden("Transfer-Encoding: xchunked"), 501),
                refused("chunked in quotes", hidden("Transfer-Encoding: \"chunked\""), 501),
                refused("chunked with a parameter", hidden("Transfer-Encoding: chunked;x=y"), 501),
                refused("chunked before a comma", hidden("Transfer-Encoding: chunked,"), 501),
                refused("chunked after a comma", hidden("Transfer-Encoding: ,chunked"), 501),
                refused("a coding of nothing", hidden("Transfer-Encoding: "), 501),
                refused("chunked after a vertical tab", hidden("Transfer-Encoding: \u000bchunked")),
                refused("chunked after a form feed", hidden("Transfer-Encoding: \u000cchunked")),
                refused("chunked after a null byte", hidden("Transfer-Encoding: \0chunked")),
                refused("chunked after a no-break space", hidden("Transfer-Encoding: \u00a0chunked"), 501),
                refused("a space before the colon", hidden("Transfer-Encoding : chunked")),
                refused("a tab before the colon", hidden("Transfer-Encoding\t: chunked")),
                refused("a null byte in the name", hidden("Transfer\0-Encoding: chunked")),
                refused("a space before the name", hidden(" Transfer-Encoding: chunked")),
                refused("a name in a folded line", hidden("X: y~ Transfer-Encoding: chunked")),
                refused("a value in a folded line", hidden("Transfer-Encoding:~ chunked")),
                refused("a value in a line folded by a tab", hidden("Transfer-Encoding:~\tchunked")),
                refused("a name behind a bare line feed", hidden("X: y\nTransfer-Encoding: chunked")),
                refused("a name behind a bare carriage return", hidden("X: y\rTransfer-Encoding: chunked")),
                refused("a bare line feed at the end of the name's line", hidden("Transfer-Encoding: chunked\nX: y")),
                refused("a carriage return in the value", hidden("Transfer-Encoding: chun\rked")),
                refused("a quoted name", hidden("\"Transfer-Encoding\": chunked")),
                refused("a bracket in a name", hidden("Transfer-Encoding(): chunked")),
                refused("a name that ends beyond ASCII", hidden("Transfer-Encoding\u00ff: chunked")),
                refused("two lengths", get("Content-Length: 0~Content-Length: 5")),
                refused("the same length twice", get("Content-Length: 0~Content-Length: 0")),
                refused("a list of lengths", get("Content-Length: 0, 0")),
                refused("a signed length", get("Content-Length: +0")),
                refused("a negative length", get("Content-Length: -1")),
                refused("a length of nothing", get("Content-Length: ")),
                refused("a length in hexadecimal", get("Content-Length: 0x0")),
                refused("a length with a fraction", get("Content-Length: 0.0")),
                refused("a length with an exponent", get("Content-Length: 0e0")),
                refused("a length with a separator", get("Content-Length: 1_0")),
                refused("a length with a space in it", get("Content-Length: 1 0")),
                refused("a length beyond any number", get("Content-Length: 99999999999999999999")),
                refused("a length of digits beyond ASCII", get("Content-Length: \u00b2")),
                refused("a length that overflows to 0", get("Content-Length: 18446744073709551616")),
                refused("a length behind a space before the colon", get("Content-Length : 0")),
                refused(
                        "a connection that names the length",
                        "POST / HTTP/1.1~Host: a~Content-Length: 3~Connection: content-length~~abc"),
                refused("a connection that names Host", get("Connection: x-y, HOST~X-Y: z")),
                refused(
                        "a connection that names the client's address",
                        get("Connection: close~Connection: X-Forwarded-For")),
                refused(
                        "a connection that names what proxies tell each other",
                        get("Connection: x-envoy-external-address")),
                refused("a connection that names credentials", get("Connection: keep-alive,authorization"))));
        all.addAll(List.of(
                passed(
                        "underscores for hyphens are another field",
                        get("Content_Length: 5"),
                        "GET / HTTP/1.1~host: a~content_length: 5~~"),
                passed(
                        "a length of leading zeros is a number",
                        "POST / HTTP/1.1~Host: a~Content-Length: 003~~abc",
                        "POST / HTTP/1.1~host: a~content-length: 003~~abc"),
                passed(
                        "white space around a value is none of it",
                        "POST / HTTP/1.1~Host:\ta \t~Content-Length: \t3 ~X:  y  z ~~abc",
                        "POST / HTTP/1.1~host: a~content-length: 3~x: y  z~~abc"),
                passed(
                        "CHUNKED is chunked",
                        "POST / HTTP/1.1~Host: a~TRANSFER-ENCODING: CHUNKED~~3;x=\"y\"~abc~0~~",
                        "POST / HTTP/1.1~host: a~transfer-encoding: chunked~~3~abc~0~~"),
                passed(
                        "a connection loses what it names",
                        get("Connection: X-Y , close~X-Y: z~X-Z: z"),
                        "GET / HTTP/1.1~host: a~x-z: z~~"),
                passed(
                        "trailers that could pass for fields are dropped",
                        "POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~~3~abc~0~Content-Length: 50~Host: b~~",
                        "POST / HTTP/1.1~host: a~transfer-encoding: chunked~~3~abc~0~~"),
                passed(
                        "an offer of h2c is ignored",
                        get("Connection: Upgrade, HTTP2-Settings~Upgrade: h2c~HTTP2-Settings: AAMAAABk"),
                        "GET / HTTP/1.1~host: a~~"),
                passed(
                        "content on a GET stays its content",
                        "GET / HTTP/1.1~Host: a~Content-Length: 3~~abc",
                        "GET / HTTP/1.1~host: a~content-length: 3~~abc")));
        return all;
    }

    static List<Case> lines() {
        return List.of(
                refused("no version", "GET /~Host: a~~"),
                refused("HTTP/0.9", "GET /~~"),
                refused("HTTP/1.0", "GET / HTTP/1.0~Host: a~~", 426),
                refused("HTTP/2.0 in plain text", "GET / HTTP/2.0~Host: a~~"),
                refused("HTTP/1.10", "GET / HTTP/1.10~Host: a~~"),
                refused("HTTP/01.1", "GET / HTTP/01.1~Host: a~~"),
                refused("http/1.1 in lower case", "GET / http/1.1~Host: a~~"),
                refused("a version of digits beyond ASCII", "GET / HTTP/1.\u00b9~Host: a~~"),
                refused("two spaces before the target", "GET  / HTTP/1.1~Host: a~~"),
                refused("two spaces before the version", "GET /  HTTP/1.1~Host: a~~"),
                refused("a tab before the target", "GET\t/ HTTP/1.1~Host: a~~"),
                refused("a tab before the version", "GET /\tHTTP/1.1~Host: a~~"),
                refused("a space after the version", "GET / HTTP/1.1 ~Host: a~~"),
                refused("a space in the target", "GET /a b HTTP/1.1~Host: a~~"),
                refused("a request line within the target", "GET /x HTTP/1.1 /y HTTP/1.1~Host: a~~"),
                refused("a bare line feed after the request line", "GET / HTTP/1.1\nHost: a~~"),
                refused("a bare carriage return after the request line", "GET / HTTP/1.1\rHost: a~~"),
                refused("a bare line feed as the empty line", "GET / HTTP/1.1~Host: a~\n"),
                refused("a bare line feed before the request line", "\nGET / HTTP/1.1~Host: a~~"),
                refused("a space before the method", " GET / HTTP/1.1~Host: a~~"),
                refused("a method that is no token", "GE(T / HTTP/1.1~Host: a~~"),
                refused("a colon in the method", "GET: / HTTP/1.1~Host: a~~"),
                refused("a null byte in the target", "GET /\0 HTTP/1.1~Host: a~~"),
                refused("an escape character in the target", "GET /\u001b[2J HTTP/1.1~Host: a~~"),
                refused("a delete character in the target", "GET /\u007f HTTP/1.1~Host: a~~"),
                refused("a fragment", "GET /a#b HTTP/1.1~Host: a~~"),
                refused("a target that is no path", "GET a HTTP/1.1~Host: a~~"),
                refused("the target of OPTIONS with GET", "GET * HTTP/1.1~Host: a~~"),
                refused("a target in authority form", "GET a:80 HTTP/1.1~Host: a~~"),
                refused("a scheme that is not HTTP's", "GET ftp://a/ HTTP/1.1~Host: a~~"),
                refused("no host", "GET / HTTP/1.1~~"),
                refused("an empty host", "GET / HTTP/1.1~Host:~~"),
                refused("two hosts", "GET / HTTP/1.1~Host: a~Host: b~~"),
                refused("the same host twice", "GET / HTTP/1.1~Host: a~Host: a~~"),
                refused("a list of hosts", "GET / HTTP/1.1~Host: a, b~~"),
                refused("a host with a space", "GET / HTTP/1.1~Host: a b~~"),
                refused("a host with a path", "GET / HTTP/1.1~Host: a/b~~"),
                refused("a host with a query", "GET / HTTP/1.1~Host: a?b~~"),
                refused("a host with user information", "GET / HTTP/1.1~Host: user@a~~"),
                refused("a host with a port that is none", "GET / HTTP/1.1~Host: a:80a~~"),
                refused("a host with two ports", "GET / HTTP/1.1~Host: a:80:90~~"),
                refused("a host in open brackets", "GET / HTTP/1.1~Host: [::1~~"),
                refused("user information in an absolute target", "GET http://user@a/ HTTP/1.1~Host: a~~"),
                refused("an absolute target without Host", "GET http://a/ HTTP/1.1~~"),
                refused("an absolute target without a host", "GET http:///x HTTP/1.1~Host: a~~"),
                refused("a tunnel", "CONNECT a:443 HTTP/1.1~Host: a~~", 403),
                refused("another protocol", get("Connection: upgrade~Upgrade: irc"), 403),
                refused(
                        "a WebSocket with a body",
                        "GET / HTTP/1.1~Host: a~Connection: upgrade~Upgrade: websocket~Content-Length: 3~~abc",
                        403),
                refused("no colon", get("nonsense")),
                refused("no name", get(": y")),
                refused("a null byte in a value", get("X: y\0z")),
                refused("a control character in a value", get("X: y\u0001z")),
                refused("a delete character in a value", get("X: y\u007fz")),
                refused("a carriage return in a value", get("X: y\rz")),
                passed(
                        "bytes beyond ASCII in a value",
                        get("X: \u00e9\u00ff"),
                        "GET / HTTP/1.1~host: a~x: \u00e9\u00ff~~"),
                passed("an empty line before the request", "~~GET / HTTP/1.1~Host: a~~", "GET / HTTP/1.1~host: a~~"),
                passed(
                        "an absolute target overrules Host",
                        "GET http://b:81/x?y HTTP/1.1~Host: a~~",
                        "GET /x?y HTTP/1.1~host: b:81~~"),
                passed(
                        "an absolute target without a path",
                        "GET HTTP://b?y HTTP/1.1~Host: a~~",
                        "GET /?y HTTP/1.1~host: b~~"),
                passed("OPTIONS of everything", "OPTIONS * HTTP/1.1~Host: a~~", "OPTIONS * HTTP/1.1~host: a~~"),
                passed("an address as host", "GET / HTTP/1.1~Host: [::1]:80~~", "GET / HTTP/1.1~host: [::1]:80~~"));
    }

    static List<Case> paths() {
        return List.of(
                path("dot segments", "/a/./b/../c", "/a/c"),
                path("dot segments beyond the root", "/../../a", "/a"),
                path("escaped dots", "/a/%2e%2E/b", "/b"),
                path("half escaped dots", "/a/.%2e/b", "/b"),
                path("a backslash", "/a\\..\\b", "/b"),
                path("an escaped slash stays", "/a%2Fb", "/a%2Fb"),
                path("dots before an escaped slash stay", "/a/..%2Fb", "/a/..%2Fb"),
                path("an escaped backslash stays", "/a%5C..%5Cb", "/a%5C..%5Cb"),
                path("an escape of an escape stays", "/a/%252e%252e/b", "/a/%252e%252e/b"),
                refused("an escaped null byte in the path", "GET /a%00b HTTP/1.1~Host: a~~"),
                path("escaped line breaks stay", "/a%0d%0aX:%20y", "/a%0d%0aX:%20y"),
                path("slashes are not merged", "//a///b", "//a///b"),
                path("dots after two slashes", "//a//../b", "//a/b"),
                path("a path parameter is no segment", "/a/..;x=y/b", "/a/..;x=y/b"),
                path("dots in the query stay", "/a?x=/../b", "/a?x=/../b"),
                path("an escape that is none stays", "/a%zz", "/a%zz"),
                path("escaped letters become letters", "/%61dmin", "/admin"),
                path("overlong escapes stay", "/%c0%ae%c0%ae/b", "/%c0%ae%c0%ae/b"),
                path("bytes beyond ASCII stay", "/\u00e9", "/\u00e9"));
    }

    private static Case path(String what, String sent, String seen) {
        return passed(what, "GET " + sent + " HTTP/1.1~Host: a~~", "GET " + seen + " HTTP/1.1~host: a~~");
    }
}

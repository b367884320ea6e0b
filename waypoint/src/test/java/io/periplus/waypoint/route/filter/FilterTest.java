package io.periplus.waypoint.route.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.periplus.dataplane.http.RequestHead;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What filters do to heads. */
class FilterTest {
    private static RequestHead get(String authority, String path) {
        return new RequestHead("GET", "http", authority, path, new DefaultHttpHeaders());
    }

    @ParameterizedTest
    @CsvSource({
        "/foo/bar, /foo, /xyz, /xyz/bar",
        "/foo/bar, /foo/, /xyz, /xyz/bar",
        "/foo/bar, /foo, /xyz/, /xyz/bar",
        "/foo/bar, /foo/, /xyz/, /xyz/bar",
        "/foo, /foo, /xyz, /xyz",
        "/foo/, /foo, /xyz, /xyz/",
        "/foo/bar, /foo, '', /bar",
        "/foo/, /foo, '', /",
        "/foo, /foo, '', /",
        "/foo/, /foo, /, /",
        "/foo, /foo, /, /",
        "/a, /, /xyz, /xyz/a",
        "/, /, /xyz, /xyz/",
        "/foo?a=/b, /foo, /xyz, /xyz?a=/b",
        "/foo/bar?q, /foo, xyz, /xyz/bar?q"
    })
    void aPrefixIsReplacedBySegments(String path, String matched, String replacement, String expected) {
        assertThat(new PathEdit.Prefix(replacement).apply(path, matched)).isEqualTo(expected);
    }

    @Test
    void aWholePathIsReplacedAndItsQueryKept() {
        assertThat(new PathEdit.Full("/new").apply("/old/path?x=1&y", "/old")).isEqualTo("/new?x=1&y");
    }

    @Test
    void aRewriteKeepsTheOriginalPathInAField() {
        RequestHead head = get("client.example", "/foo/bar?q=1");
        new Rewrite("backend.example", new PathEdit.Prefix("/xyz")).apply(head, "/foo", false);
        assertThat(head.authority()).isEqualTo("backend.example");
        assertThat(head.path()).isEqualTo("/xyz/bar?q=1");
        assertThat(head.headers().get("x-envoy-original-path")).isEqualTo("/foo/bar?q=1");
    }

    @ParameterizedTest
    @CsvSource({
        // scheme, host, port of the filter; scheme of the request, Host, addressed port; Location
        "'', '', 0, http, a.example:8080, 80, http://a.example/p?q=1",
        "'', '', 0, http, a.example, 8080, http://a.example:8080/p?q=1",
        "https, '', 0, http, a.example, 8080, https://a.example/p?q=1",
        "http, '', 0, https, a.example, 443, http://a.example/p?q=1",
        "'', b.example, 0, http, a.example, 80, http://b.example/p?q=1",
        "'', '', 8443, https, a.example, 443, https://a.example:8443/p?q=1",
        "https, '', 443, http, a.example, 80, https://a.example/p?q=1",
        "http, '', 80, http, a.example, 8080, http://a.example/p?q=1",
        "https, '', 80, http, a.example, 80, https://a.example:80/p?q=1",
        "'', '', 0, https, a.example, 443, https://a.example/p?q=1",
        "'', '', 0, http, [::1]:80, 80, http://[::1]/p?q=1"
    })
    void aRedirectPointsWhereTheGatewayApiSays(
            String scheme,
            String host,
            int port,
            String requestScheme,
            String authority,
            int addressed,
            String location) {
        Redirect redirect = new Redirect(302, scheme, host, port, null);
        assertThat(redirect.location(get(authority, "/p?q=1"), requestScheme, addressed, "/"))
                .isEqualTo(location);
    }

    @Test
    void aRedirectMayChangeThePath() {
        Redirect redirect = new Redirect(301, "", "", 0, new PathEdit.Prefix("/new"));
        assertThat(redirect.location(get("a", "/old/x?y"), "http", 80, "/old")).isEqualTo("http://a/new/x?y");
    }

    @Test
    void headersAreReplacedAddedToAndRemoved() {
        HttpHeaders headers = new DefaultHttpHeaders();
        headers.add("X-Set", "1")
                .add("X-Set", "2")
                .add("X-Add", "old")
                .add("X-Gone", "a")
                .add("X-Gone", "b");
        new HeaderEdits(
                        List.of(field("x-set", "new"), field("x-set-absent", "there")),
                        List.of(field("x-add", "new"), field("x-add-absent", "there")),
                        List.of(AsciiString.of("x-gone")))
                .apply(headers);
        assertThat(headers.getAll("x-set")).containsExactly("new");
        assertThat(headers.getAll("x-set-absent")).containsExactly("there");
        assertThat(headers.getAll("x-add")).containsExactly("old", "new");
        assertThat(headers.getAll("x-add-absent")).containsExactly("there");
        assertThat(headers.contains("x-gone")).isFalse();
    }

    private static HeaderEdits.Field field(String name, String value) {
        return new HeaderEdits.Field(AsciiString.of(name), value);
    }

    // ---- CORS

    private static RequestHead preflight(String origin, String method, String headers) {
        RequestHead head = new RequestHead("OPTIONS", "http", "a", "/", new DefaultHttpHeaders());
        head.headers().set("origin", origin).set("access-control-request-method", method);
        if (!headers.isEmpty()) {
            head.headers().set("access-control-request-headers", headers);
        }
        return head;
    }

    @ParameterizedTest
    @CsvSource({
        "*, http://anything, true",
        "https://www.foo.com, https://www.foo.com, true",
        "https://www.foo.com, https://WWW.FOO.com, true",
        "https://www.foo.com, http://www.foo.com, false",
        "https://www.foo.com, https://www.foo.com:443, true",
        "https://www.foo.com, https://www.foo.com:8443, false",
        "http://foo.com:80, http://foo.com, true",
        "https://*.bar.com, https://a.b.bar.com, true",
        "https://*.bar.com, https://bar.com, false",
        "https://*.bar.com, https://evilbar.com, false",
        "https://*, https://any.thing, true",
        "https://*, http://any.thing, false",
        "https://foo.com, null, false"
    })
    void originsAreComparedBySchemeHostAndPort(String allowed, String origin, boolean expected) {
        HttpHeaders answer = new DefaultHttpHeaders();
        new Cors(List.of(allowed), false, List.of(), List.of(), List.of(), 0).actual(origin, answer);
        assertThat(answer.contains("access-control-allow-origin")).isEqualTo(expected);
    }

    @Test
    void aPreflightIsToldWhatIsAllowed() {
        HttpHeaders answer = new DefaultHttpHeaders();
        Cors cors = new Cors(
                List.of("https://www.foo.com"), true, List.of("PUT", "GET"), List.of("x-a", "x-b"), List.of("x-c"), 60);
        cors.preflight(preflight("https://www.foo.com", "PUT", "x-a"), answer);
        assertThat(answer.get("access-control-allow-origin")).isEqualTo("https://www.foo.com");
        assertThat(answer.get("access-control-allow-credentials")).isEqualTo("true");
        assertThat(answer.get("access-control-allow-methods")).isEqualTo("PUT,GET,HEAD,POST");
        assertThat(answer.get("access-control-allow-headers")).isEqualTo("x-a,x-b");
        assertThat(answer.get("access-control-max-age")).isEqualTo("60");
        assertThat(answer.get("vary")).isEqualTo("Origin");
    }

    @Test
    void aForeignOriginIsToldNothing() {
        HttpHeaders answer = new DefaultHttpHeaders();
        new Cors(List.of("https://www.foo.com"), true, List.of("*"), List.of("*"), List.of("*"), 60)
                .preflight(preflight("https://evil.com", "PUT", "x-a"), answer);
        assertThat(answer.isEmpty()).isTrue();
    }

    @Test
    void withCredentialsAWildcardGrantsWhatWasAsked() {
        HttpHeaders answer = new DefaultHttpHeaders();
        new Cors(List.of("*"), true, List.of("*"), List.of("*"), List.of("*"), 0)
                .preflight(preflight("https://any.com", "PATCH", "x-q,x-r"), answer);
        assertThat(answer.get("access-control-allow-origin")).isEqualTo("https://any.com");
        assertThat(answer.get("access-control-allow-methods")).isEqualTo("PATCH");
        assertThat(answer.get("access-control-allow-headers")).isEqualTo("x-q,x-r");
        assertThat(answer.get("access-control-max-age")).isEqualTo("5");
    }

    @Test
    void withCredentialsAWildcardGrantsNothingThatWasNotAsked() {
        HttpHeaders answer = new DefaultHttpHeaders();
        new Cors(List.of("*"), true, List.of("*"), List.of("*"), List.of("*"), 0)
                .preflight(preflight("https://any.com", "PATCH", ""), answer);
        assertThat(answer.contains("access-control-allow-headers")).isFalse();
    }

    @Test
    void withoutCredentialsAWildcardStaysOne() {
        HttpHeaders answer = new DefaultHttpHeaders();
        Cors cors = new Cors(List.of("*"), false, List.of("*"), List.of("*"), List.of("*"), 0);
        cors.preflight(preflight("https://any.com", "PATCH", "x"), answer);
        assertThat(answer.get("access-control-allow-origin")).isEqualTo("*");
        assertThat(answer.get("access-control-allow-methods")).isEqualTo("*");
        assertThat(answer.get("access-control-allow-headers")).isEqualTo("*");
        cors.actual("https://any.com", answer);
        assertThat(answer.get("access-control-expose-headers")).isEqualTo("*");
    }

    @Test
    void theAnswerSaysWhatTheRouteAllowsWhateverTheEndpointSaid() {
        HttpHeaders answer = new DefaultHttpHeaders();
        answer.add("access-control-allow-origin", "https://backend").add("access-control-allow-credentials", "true");
        new Cors(List.of("https://www.foo.com"), false, List.of(), List.of(), List.of("x-c", "x-d"), 0)
                .actual("https://www.foo.com", answer);
        assertThat(answer.getAll("access-control-allow-origin")).containsExactly("https://www.foo.com");
        assertThat(answer.contains("access-control-allow-credentials")).isFalse();
        assertThat(answer.get("access-control-expose-headers")).isEqualTo("x-c,x-d");
    }

    @Test
    void onlyABrowsersQuestionIsAPreflight() {
        assertThat(Cors.isPreflight(preflight("https://a", "PUT", ""))).isTrue();
        assertThat(Cors.isPreflight(new RequestHead("OPTIONS", "http", "a", "/", new DefaultHttpHeaders())))
                .isFalse();
    }
}

package io.periplus.dataplane.http;

import static io.periplus.dataplane.http.PathNormalization.BASE;
import static io.periplus.dataplane.http.PathNormalization.DECODE_AND_MERGE_SLASHES;
import static io.periplus.dataplane.http.PathNormalization.MERGE_SLASHES;
import static io.periplus.dataplane.http.PathNormalization.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The ways in which a path can be written otherwise, and what becomes of them. */
class PathNormalizationTest {
    private static final List<String> PIECES = List.of(
            "/", ".", "..", "%", "%%", "%2", "%0", "2", "e", "E", "5c", "F", "0", "a", "\\", ";", "?", "%25", "%2e",
            "%2F", "%5C", "%30", "%32", "%35", "%43", "%46", "%65", "%00");
    private static final Pattern ESCAPE = Pattern.compile("%\\p{XDigit}{2}");

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "/admin, /admin",
        "/, /",
        "/x/../admin, /admin",
        "/x/./admin, /x/admin",
        "/admin/., /admin/",
        "/admin/.., /",
        "/../../admin, /admin",
        "/x/%2e%2e/admin, /admin",
        "/x/%2E%2e/admin, /admin",
        "/x/.%2e/admin, /admin",
        "/%61dmin, /admin",
        "/%41dmin, /Admin",
        "/a%7eb, /a~b",
        "'/x\\..\\admin', /admin",
        "'\\admin', ",
        "/x/..%5cadmin, /x/..%5cadmin",
        "/x%2f..%2fadmin, /x%2f..%2fadmin",
        "/x%2Fadmin, /x%2Fadmin",
        "//admin, //admin",
        "/x//admin, /x//admin",
        "/x//../admin, /x/admin",
        "/ADMIN, /ADMIN",
        "/admin;a=b, /admin;a=b",
        "/x/..;/admin, /x/..;/admin",
        "/admin%20, /admin%20",
        "/%2561dmin, /%2561dmin",
        "/%252e%252e/admin, /%252e%252e/admin",
        "/%c0%ae%c0%ae/admin, /%c0%ae%c0%ae/admin",
        "/%c0%afadmin, /%c0%afadmin",
        "/%5gx, /%5gx",
        "/%zz, /%zz",
        "/a%, /a%",
        "/a%6, /a%6",
        "/a%6/1, /a%6/1",
        "/%%61, /%a",
        "/%6%g1, /%6%g1",
        "/x/%2%65%2%65/admin, ",
        "/x/%%32%65%%32%65/admin, ",
        "/x/%%32e/admin, ",
        "/a%0%30b, ",
        "/a%%300b, ",
        "/%2%46, ",
        "/%e2%80%a5, /%e2%80%a5",
        "/x/../admin?q=/../%61#, ",
        "/x/../admin?q=/../%61, /admin?q=/../%61",
        "/admin#/x, ",
        "/admin%00, ",
        "admin, ",
        "http://a/admin, ",
        "*, *",
    })
    void baseIsTheDefault(String sent, String seen) {
        assertThat(BASE.normalize(sent)).isEqualTo(seen);
    }

    @ParameterizedTest(name = "{0} is {1} with slashes merged, and {2} with escaped ones decoded")
    @CsvSource({
        "/x//admin, /x/admin, /x/admin",
        "///, /, /",
        "/x//../admin, /x/admin, /x/admin",
        "/x%2f..%2fadmin, /x%2f..%2fadmin, /admin",
        "/x%2F%2Fadmin, /x%2F%2Fadmin, /x/admin",
        "/x%5c..%5Cadmin, /x%5c..%5Cadmin, /admin",
        "/x?a=//b%2f, /x?a=//b%2f, /x?a=//b%2f",
    })
    void slashesAreMergedAndDecodedWhereTheMeshSaysSo(String sent, String merged, String decoded) {
        assertThat(MERGE_SLASHES.normalize(sent)).isEqualTo(merged);
        assertThat(DECODE_AND_MERGE_SLASHES.normalize(sent)).isEqualTo(decoded);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/x/../admin", "/%61", "\\\\x", "//"})
    void noneChangesNothing(String sent) {
        assertThat(NONE.normalize(sent)).isEqualTo(sent.startsWith("/") ? sent : null);
    }

    @Test
    void whatNobodyMayServeIsRefusedInEveryForm() {
        for (PathNormalization form : PathNormalization.values()) {
            assertThat(form.normalize("/a%00b")).isNull();
            assertThat(form.normalize("/a#b")).isNull();
            assertThat(form.normalize("")).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/x%2%46..%2%46admin", "/x%%32%46admin", "/%5%43"})
    void noEscapedSlashComesOfDecodingWhatFollowsAPercentSign(String sent) {
        assertThat(DECODE_AND_MERGE_SLASHES.normalize(sent)).isNull();
        assertThat(NONE.normalize(sent)).isEqualTo(sent);
    }

    /** So it makes no difference how many proxies a request passes. */
    @Property(tries = 3000)
    void whatIsNormalStaysAsItIs(@ForAll long seed) {
        String target = target(seed);
        for (PathNormalization form : PathNormalization.values()) {
            String once = form.normalize(target);
            if (once != null) {
                assertThat(form.normalize(once)).as("%s of %s", form, target).isEqualTo(once);
                if (form != NONE) {
                    assertThat(path(once)).startsWith("/").doesNotContain("\\", "/../", "/./");
                }
                if (form == MERGE_SLASHES || form == DECODE_AND_MERGE_SLASHES) {
                    assertThat(path(once)).doesNotContain("//");
                }
            }
        }
    }

    /** So what the application decodes was there to be judged. */
    @Property(tries = 3000)
    void noEscapeIsThereThatWasNotSent(@ForAll long seed) {
        String target = target(seed);
        for (PathNormalization form : PathNormalization.values()) {
            String normal = form.normalize(target);
            if (normal != null) {
                List<String> sent = new ArrayList<>(escapes(path(target)));
                for (String escape : escapes(path(normal))) {
                    assertThat(sent.remove(escape))
                            .as("%s in %s, which is %s in form %s", escape, normal, target, form)
                            .isTrue();
                }
            }
        }
    }

    private static String target(long seed) {
        Random random = new Random(seed);
        StringBuilder target = new StringBuilder("/");
        for (int i = random.nextInt(12); i > 0; i--) {
            target.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return target.toString();
    }

    private static String path(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    private static List<String> escapes(String path) {
        return ESCAPE.matcher(path).results().map(MatchResult::group).toList();
    }
}

package io.periplus.waypoint.route.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which name a host belongs to. */
class HostIndexTest {
    private static HostIndex<String> of(String... names) {
        return new HostIndex<>(Stream.of(names).collect(Collectors.toMap(Function.identity(), Function.identity())));
    }

    private static List<String> chain(HostIndex<String> index, String host) {
        List<String> all = new ArrayList<>();
        for (var node = index.find(host); node != null; node = node.wider()) {
            all.add(node.value());
        }
        return all;
    }

    @Test
    void anExactNameComesBeforeLongerBeforeShorterPatternsBeforeEveryName() {
        HostIndex<String> index = of("", "*.com", "*.example.com", "www.example.com");
        assertThat(chain(index, "www.example.com")).containsExactly("www.example.com", "*.example.com", "*.com", "");
        assertThat(chain(index, "a.b.example.com")).containsExactly("*.example.com", "*.com", "");
        assertThat(chain(index, "example.org")).containsExactly("");
    }

    @Test
    void aPatternStandsForOneOrMoreLabels() {
        HostIndex<String> index = of("*.a.com");
        assertThat(chain(index, "a.com")).isEmpty();
        assertThat(chain(index, ".a.com")).isEmpty();
        assertThat(chain(index, "x.a.com")).containsExactly("*.a.com");
        assertThat(chain(index, "x.y.a.com")).containsExactly("*.a.com");
        assertThat(chain(index, "xa.com")).isEmpty();
    }

    @Test
    void caseAndPortDoNotCount() {
        HostIndex<String> index = of("www.example.com", "*.example.org", "[::1]");
        assertThat(chain(index, "WWW.Example.com:8080")).containsExactly("www.example.com");
        assertThat(chain(index, "A.EXAMPLE.ORG:1")).containsExactly("*.example.org");
        assertThat(chain(index, "[::1]:443")).containsExactly("[::1]");
    }

    @Test
    void nothingIsFoundAmongNothing() {
        assertThat(new HostIndex<>(Map.<String, String>of()).find("a")).isNull();
        assertThat(of("a").find("")).isNull();
    }
}

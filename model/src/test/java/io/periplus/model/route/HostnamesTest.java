package io.periplus.model.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostnamesTest {
    // AT-6
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "a.com, a.com, a.com",
                "a.com, b.com, -",
                "*.a.com, x.a.com, x.a.com",
                "*.a.com, x.y.a.com, x.y.a.com",
                "*.a.com, a.com, -",
                "*.a.com, xa.com, -",
                "*.a.com, *.b.a.com, *.b.a.com",
                "*.a.com, *.b.com, -",
                "*.com, *.a.com, *.a.com",
                "'', *.a.com, *.a.com",
                "'', '', ''"
            })
    void namesIntersect(String one, String other, String both) {
        assertThat(Hostnames.intersect(one, other)).isEqualTo(both);
        assertThat(Hostnames.intersect(other, one)).isEqualTo(both);
    }

    /** For every pair of patterns over a small alphabet: the intersection covers what both cover, and nothing else. */
    @Test
    void anIntersectionCoversExactlyWhatBothCover() {
        List<String> names = names(5);
        List<String> patterns = patterns();
        for (String one : patterns) {
            for (String other : patterns) {
                String both = Hostnames.intersect(one, other);
                Predicate<String> expected = name -> matches(one, name) && matches(other, name);
                assertThat(
                                both == null
                                        ? List.of()
                                        : names.stream()
                                                .filter(name -> matches(both, name))
                                                .toList())
                        .as("%s and %s: %s", one, other, both)
                        .isEqualTo(names.stream().filter(expected).toList());
            }
        }
    }

    /** What finds rivals by name finds exactly those that have a name in common. */
    @Test
    void namesMeetThroughTheNamesAboveThem() {
        for (String one : patterns()) {
            for (String other : patterns()) {
                boolean meet = one.equals(other)
                        || Hostnames.above(one).contains(other)
                        || Hostnames.above(other).contains(one);
                assertThat(meet).as("%s and %s", one, other).isEqualTo(Hostnames.intersect(one, other) != null);
            }
        }
    }

    @Test
    void aListOfNamesIntersectsNameByName() {
        assertThat(Hostnames.intersect(List.of(), "")).isEmpty();
        assertThat(Hostnames.intersect(List.of(), "*.a.com")).containsExactly("*.a.com");
        assertThat(Hostnames.intersect(List.of("b.com", "x.a.com", "*.com"), "*.a.com"))
                .containsExactly("x.a.com", "*.a.com");
        assertThat(Hostnames.intersect(List.of("b.com"), "*.a.com")).isNull();
    }

    // Written from the definition: a wildcard stands for one label or more.
    private static boolean matches(String pattern, String name) {
        if (pattern.isEmpty()) {
            return true;
        }
        List<String> labels = List.of(name.split("\\."));
        List<String> wanted = List.of(pattern.split("\\."));
        if (!wanted.getFirst().equals("*")) {
            return labels.equals(wanted);
        }
        List<String> suffix = wanted.subList(1, wanted.size());
        return labels.size() > suffix.size()
                && labels.subList(labels.size() - suffix.size(), labels.size()).equals(suffix);
    }

    private static List<String> patterns() {
        List<String> patterns = new ArrayList<>(names(3));
        names(3).forEach(name -> patterns.add("*." + name));
        patterns.add("");
        return patterns;
    }

    private static List<String> names(int labels) {
        List<String> all = new ArrayList<>();
        List<String> longest = List.of("a", "b", "ab");
        for (int i = 0; i < labels; i++) {
            all.addAll(longest);
            List<String> longer = new ArrayList<>();
            for (String name : longest) {
                longer.add("a." + name);
                longer.add("b." + name);
            }
            longest = longer;
        }
        return all;
    }
}

package io.periplus.model.collection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GraphTest {
    private final Graph graph = new Graph();
    private final List<String> computed = new ArrayList<>();

    private record Person(String name, String town) {}

    private final Source<String, Person> people = graph.source("people");
    private final Source<String, String> greetings = graph.source("greetings");
    private final Index<String, String, Person> byTown = people.index(p -> List.of(p.town()));

    @Test
    void aDerivedEntryIsRecomputedOnlyWhenSomethingItReadChanged() {
        Collection<String, String> letters = graph.map("letters", people, (fetch, p) -> {
            computed.add(p.name());
            return fetch.get(greetings, p.town()) + " " + p.name();
        });
        greetings.put("Bonn", "Tach");
        greetings.put("Kiel", "Moin");
        people.put("a", new Person("Ada", "Bonn"));
        people.put("b", new Person("Bob", "Kiel"));
        graph.settle();
        assertThat(letters.entries()).isEqualTo(Map.of("a", "Tach Ada", "b", "Moin Bob"));

        computed.clear();
        greetings.put("Kiel", "Ahoi");
        graph.settle();
        assertThat(computed).containsExactly("Bob");
        assertThat(letters.get("b")).isEqualTo("Ahoi Bob");
    }

    @Test
    void whatWasReadInAnEarlierComputationIsForgotten() {
        graph.map("letters", people, (fetch, p) -> {
            computed.add(p.name());
            return "x" + fetch.get(greetings, p.town());
        });
        people.put("a", new Person("Ada", "Bonn"));
        graph.settle();
        people.put("a", new Person("Ada", "Kiel"));
        graph.settle();
        computed.clear();
        greetings.put("Bonn", "Tach");
        graph.settle();
        assertThat(computed).isEmpty();
    }

    @Test
    void anIndexReaderIsRecomputedWhenAMemberComesMovesOrGoes() {
        Source<String, String> towns = graph.source("towns");
        Collection<String, List<String>> citizens = graph.map(
                "citizens",
                towns,
                (fetch, town) ->
                        fetch.by(byTown, town).stream().map(Person::name).toList());
        towns.put("Bonn", "Bonn");
        towns.put("Kiel", "Kiel");
        people.put("a", new Person("Ada", "Bonn"));
        people.put("b", new Person("Bob", "Bonn"));
        graph.settle();
        assertThat(citizens.get("Bonn")).containsExactly("Ada", "Bob");
        people.put("a", new Person("Ada", "Kiel"));
        people.remove("b");
        graph.settle();
        assertThat(citizens.get("Bonn")).isEmpty();
        assertThat(citizens.get("Kiel")).containsExactly("Ada");
    }

    @Test
    void anEqualResultChangesNothingDownstream() {
        Collection<String, Integer> lengths =
                graph.map("lengths", people, (fetch, p) -> p.name().length());
        Collection<String, Integer> doubled = graph.map("doubled", lengths, (fetch, n) -> {
            computed.add("doubled");
            return 2 * n;
        });
        people.put("a", new Person("Ada", "Bonn"));
        graph.settle();
        computed.clear();
        people.put("a", new Person("Eva", "Kiel"));
        graph.settle();
        assertThat(computed).isEmpty();
        assertThat(doubled.get("a")).isEqualTo(6);
    }

    @Test
    void anEntryMayYieldManyAndDroppedOnesDisappear() {
        Collection<String, String> parts = graph.flatMap("parts", people, (fetch, p) -> {
            Map<String, String> result = new LinkedHashMap<>();
            for (String part : p.name().split(" ")) {
                result.put(p.town() + "/" + part, part);
            }
            return result;
        });
        people.put("a", new Person("Ada Lovelace", "Bonn"));
        graph.settle();
        people.put("a", new Person("Ada Byron", "Bonn"));
        graph.settle();
        assertThat(parts.entries().keySet()).containsExactlyInAnyOrder("Bonn/Ada", "Bonn/Byron");
        people.remove("a");
        graph.settle();
        assertThat(parts.entries()).isEmpty();
    }

    // The key belongs to whoever of the town comes first in the alphabet; the others yield nothing.
    private Collection<String, String> mayors() {
        return graph.flatMap("mayors", people, (fetch, p) -> {
            boolean first = fetch.by(byTown, p.town()).stream()
                    .map(Person::name)
                    .allMatch(name -> name.compareTo(p.name()) >= 0);
            return first ? Map.of(p.town(), p.name()) : Map.of();
        });
    }

    @Test
    void aKeyPassesToAnEntryThatIsDerivedBeforeTheOneThatLosesIt() {
        Collection<String, String> mayors = mayors();
        people.put("b", new Person("Bob", "Bonn"));
        people.put("a", new Person("Ada", "Kiel"));
        graph.settle();
        people.put("a", new Person("Ada", "Bonn"));
        graph.settle();
        assertThat(mayors.entries()).isEqualTo(Map.of("Bonn", "Ada"));
        people.remove("a");
        graph.settle();
        assertThat(mayors.entries()).isEqualTo(Map.of("Bonn", "Bob"));
    }

    @Test
    void aRenamedEntryKeepsItsKey() {
        Collection<String, String> mayors = mayors();
        people.put("old", new Person("Ada", "Bonn"));
        graph.settle();
        List<Map<String, Change<String>>> seen = new ArrayList<>();
        mayors.observe(seen::add);
        people.put("new", new Person("Ada", "Bonn"));
        people.remove("old");
        graph.settle();
        assertThat(mayors.entries()).isEqualTo(Map.of("Bonn", "Ada"));
        assertThat(seen).isEmpty();
    }

    @Test
    void aKeyThatSeveralYieldIsHeldByTheFirstAndThenByTheNext() {
        Collection<String, String> towns = graph.flatMap("towns", people, (fetch, p) -> Map.of(p.town(), p.name()));
        people.put("a", new Person("Ada", "Bonn"));
        graph.settle();
        people.put("b", new Person("Bob", "Bonn"));
        people.put("c", new Person("Cyd", "Bonn"));
        graph.settle();
        assertThat(towns.entries()).isEqualTo(Map.of("Bonn", "Ada"));
        people.put("c", new Person("Cyd", "Kiel"));
        people.put("b", new Person("Bea", "Bonn"));
        graph.settle();
        assertThat(towns.entries()).isEqualTo(Map.of("Bonn", "Ada", "Kiel", "Cyd"));
        people.remove("a");
        graph.settle();
        assertThat(towns.entries()).isEqualTo(Map.of("Bonn", "Bea", "Kiel", "Cyd"));
        people.remove("b");
        graph.settle();
        assertThat(towns.entries()).isEqualTo(Map.of("Kiel", "Cyd"));
    }

    @Test
    void anEntryThatCannotBeDerivedStaysAsItWasAndDoesNotStopTheOthers() {
        Collection<String, String> towns = graph.map("towns", people, (fetch, p) -> {
            if (p.town().isEmpty()) {
                throw new IllegalStateException("no town");
            }
            return p.town();
        });
        people.put("a", new Person("Ada", "Bonn"));
        graph.settle();
        people.put("a", new Person("Ada", ""));
        people.put("b", new Person("Bob", "Kiel"));
        graph.settle();
        assertThat(towns.entries()).isEqualTo(Map.of("a", "Bonn", "b", "Kiel"));
        people.put("a", new Person("Ada", "Kiel"));
        graph.settle();
        assertThat(towns.get("a")).isEqualTo("Kiel");
    }

    @Test
    void observersSeeNetChangesOnce() {
        List<Map<String, Change<Person>>> seen = new ArrayList<>();
        people.observe(seen::add);
        people.put("a", new Person("Ada", "Bonn"));
        people.put("b", new Person("Bob", "Kiel"));
        people.remove("b");
        graph.settle();
        graph.settle();
        assertThat(seen).containsExactly(Map.of("a", new Change<>(null, new Person("Ada", "Bonn"))));
    }

    @Test
    void aReaderOfAllSeesEveryChange() {
        Source<String, String> one = graph.source("one");
        Collection<String, Integer> count =
                graph.map("count", one, (fetch, ignored) -> fetch.all(people).size());
        one.put("x", "x");
        graph.settle();
        assertThat(count.get("x")).isZero();
        people.put("a", new Person("Ada", "Bonn"));
        graph.settle();
        assertThat(count.get("x")).isEqualTo(1);
    }
}

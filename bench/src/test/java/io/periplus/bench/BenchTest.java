package io.periplus.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.periplus.bench.machine.Commands;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The command as a user gives it; the figures of so short a run mean nothing. */
class BenchTest {
    private static String output(String... args) {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            assertThat(BenchMain.run(args)).isZero();
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void everyInstalledProxyAnswersInEachProtocolWithoutAnError() throws Exception {
        assumePrograms("ip", "taskset", "nginx");
        JsonNode report = new ObjectMapper()
                .readTree(output("l7", "--quick", "-o", "json", "--only", "plain,http[12]-small,nginx"));
        assertThat(report.at("/plain")).hasSize(2).allSatisfy(row -> {
            assertThat(row.get("proxy").asText()).isEqualTo("nginx");
            assertThat(row.get("requestsPerSecond").asDouble()).isPositive();
            assertThat(row.get("errors").asLong()).isZero();
        });
    }

    @Test
    void periplusAnswersAtTheEdgeAsSoonAsItHasStarted() throws Exception {
        assumePrograms("ip", "taskset");
        JsonNode report =
                new ObjectMapper().readTree(output("l7", "--quick", "-o", "json", "--only", "start,periplus"));
        assertThat(report.at("/start")).hasSize(1).allSatisfy(row -> {
            assertThat(row.get("firstAnswerMillis").asLong()).isPositive();
            assertThat(row.get("errors").asLong()).isZero();
        });
    }

    @Test
    void proxiesThatJudgePoliciesAnswerWhatTheLastOfThemAllows() throws Exception {
        assumePrograms("ip", "taskset");
        JsonNode report = new ObjectMapper()
                .readTree(output("l7", "--quick", "-o", "json", "--only", "plain,http1-100-policies,periplus,nginx"));
        assertThat(report.at("/plain")).hasSize(1).allSatisfy(row -> {
            assertThat(row.get("proxy").asText()).isEqualTo("periplus");
            assertThat(row.get("errors").asLong()).isZero();
        });
    }

    @Test
    void everyWayThroughTheMeshIsAnswered() throws Exception {
        assumePrograms("ip", "taskset", "nft");
        JsonNode report = new ObjectMapper().readTree(output("l7", "--quick", "-o", "json", "--only", "mesh"));
        assertThat(report.at("/mesh"))
                .hasSize(3)
                .allSatisfy(row -> assertThat(row.get("errors").asLong()).isZero());
    }

    @Test
    void everyWayThroughTunnelsCarriesWhatItIsAskedTo() throws Exception {
        assumePrograms("ip", "taskset", "nft", "haproxy");
        JsonNode report = new ObjectMapper()
                .readTree(output("l4", "--quick", "-o", "json", "--only", "load,receive-8,requests,connections"));
        assertThat(report.at("/rows"))
                .hasSize(9)
                .allSatisfy(row -> assertThat(row.get("errors").asLong()).isZero());
        assertThat(report.at("/absent/ztunnel").asText()).contains("PERIPLUS_BENCH_ZTUNNEL");
    }

    private static void assumePrograms(String... names) {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces need root");
        for (String name : names) {
            Assumptions.assumeTrue(Commands.find(name) != null, name + " is not installed");
        }
    }

    @Test
    void nothingIsLeftBehind() {
        assumePrograms("ip", "taskset", "nginx");
        output("l7", "--quick", "--only", "plain,http1-small,nginx");
        assertThat(Commands.run("ip", "netns", "list"))
                .doesNotContain("bench-" + ProcessHandle.current().pid() + "-");
    }

    @Test
    void anUnknownFormatIsRefusedWithWhatIsExpected() {
        assertThat(BenchMain.run("l7", "-o", "xml")).isNotZero();
    }
}

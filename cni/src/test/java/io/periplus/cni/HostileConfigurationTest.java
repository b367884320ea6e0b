package io.periplus.cni;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Thousands of configurations, good and damaged, read by the plugin's reader under the sanitizers, and by Jackson. */
class HostileConfigurationTest {
    private static final int DOCUMENTS = 4000;
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final String PIECES = "{}[]\",:\\dn+-.eE01 \n\t/tfx\u0001";
    private static final List<String> NOT_JSON = List.of(
            "the network configuration is not JSON, or nested too deeply",
            "the network configuration is not a JSON object");

    @TempDir
    static Path directory;

    private static Plugin reader;

    private final long seed = Long.getLong("periplus.seed", 42);

    private final Random random = new Random(seed);

    @BeforeAll
    static void compile() throws Exception {
        reader = Plugin.checked(
                directory.resolve("documents"),
                "src/main/c/json.c src/main/c/conf.c src/main/c/text.c src/main/c/agent.c src/test/c/documents.c");
    }

    @Test
    void aGoodConfigurationIsUnderstoodAsJacksonDoes() throws Exception {
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < DOCUMENTS; i++) {
            documents.add(text(configuration()));
        }
        List<JsonNode> answers = ask(documents);
        for (int i = 0; i < DOCUMENTS; i++) {
            String document = documents.get(i);
            JsonNode read = answers.get(i);
            JsonNode expected = JSON.readTree(document);
            assertThat(read.path("wrong").asText("")).as(document).isEmpty();
            assertThat(read.path("version")).as(document).isEqualTo(expected.path("cniVersion"));
            assertThat(read.path("runDir").asText())
                    .as(document)
                    .isEqualTo(expected.path("cni_agent_run_dir").asText("/var/run/istio-cni"));
            assertThat(read.path("excluded").asBoolean()).as(document).isEqualTo(excludes(expected));
            if (expected.hasNonNull("prevResult")) {
                assertThat(JSON.readTree(read.path("previous").asText()))
                        .as(document)
                        .isEqualTo(expected.path("prevResult"));
                assertThat(addresses(read))
                        .as(document)
                        .isEqualTo(addressesOf(expected.path("prevResult").path("ips")));
            } else {
                assertThat(read.path("previous").isNull()).as(document).isTrue();
            }
        }
    }

    @Test
    void aDamagedConfigurationIsRefusedWhereJacksonRefusesItAndHarmsNothing() throws Exception {
        List<String> documents = new ArrayList<>(List.of("", "{", "[]", "{}x", "\"", "{\"a\":" + "[".repeat(70_000)));
        while (documents.size() < DOCUMENTS) {
            documents.add(damaged(text(configuration())));
        }
        List<JsonNode> answers = ask(documents);
        int refused = 0;
        for (int i = 0; i < documents.size(); i++) {
            String document = documents.get(i);
            String wrong = answers.get(i).path("wrong").asText("");
            if (wrong.isEmpty() || NOT_JSON.contains(wrong)) {
                assertThat(wrong.isEmpty())
                        .as("seed %d: accepts %s", seed, document)
                        .isEqualTo(isObject(document));
            }
            refused += wrong.isEmpty() ? 0 : 1;
        }
        assertThat(refused).as("documents that the damage made unreadable").isGreaterThan(DOCUMENTS / 4);
    }

    private List<JsonNode> ask(List<String> documents) throws IOException, InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream input = new DataOutputStream(bytes);
        for (String document : documents) {
            byte[] text = document.getBytes(StandardCharsets.UTF_8);
            input.writeInt(text.length);
            input.write(text);
        }
        Plugin.Outcome outcome = reader.run(Map.of(), bytes.toByteArray());
        assertThat(outcome.status())
                .as("seed %d; the sanitizers write to standard error", seed)
                .isZero();
        List<JsonNode> answers = new ArrayList<>();
        for (String line : outcome.output().split("\n")) {
            answers.add(JSON.readTree(line));
        }
        assertThat(answers).hasSameSizeAs(documents);
        return answers;
    }

    private static boolean isObject(String document) {
        try {
            return JSON.readTree(document).isObject();
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static boolean excludes(JsonNode configuration) {
        for (JsonNode name : configuration.path("exclude_namespaces")) {
            if (name.asText().equals("excluded")) {
                return true;
            }
        }
        return false;
    }

    private static List<String> addresses(JsonNode read) {
        List<String> addresses = new ArrayList<>();
        for (JsonNode ip : read.at("/request/IPs")) {
            addresses.add(
                    ip.at("/Address/IP").asText() + " via " + ip.path("Gateway").asText() + " of "
                            + ip.path("Interface").asInt(-1));
        }
        return addresses;
    }

    private static List<String> addressesOf(JsonNode ips) {
        List<String> addresses = new ArrayList<>();
        for (JsonNode ip : ips) {
            addresses.add(ip.path("address").asText().replaceFirst("/.*", "") + " via "
                    + ip.path("gateway").asText("") + " of "
                    + ip.path("interface").asInt(-1));
        }
        return addresses;
    }

    private ObjectNode configuration() {
        ObjectNode object = JSON.createObjectNode();
        maybe(() -> object.set(name(), value(3)));
        object.put("cniVersion", random.nextBoolean() ? "1.0.0" : "1.1.0");
        maybe(() -> object.put("cni_agent_run_dir", "/run/" + random.nextInt(1000) + "/\"\\" + name()));
        maybe(() -> {
            ArrayNode excluded = object.putArray("exclude_namespaces");
            maybe(() -> excluded.add(name()));
            maybe(() -> excluded.add("excluded"));
            maybe(() -> excluded.add("n".repeat(random.nextInt(600))));
        });
        maybe(() -> object.set(name(), value(4)));
        maybe(() -> object.set("prevResult", result()));
        maybe(() -> object.set(name(), value(2)));
        return object;
    }

    private ObjectNode result() {
        ObjectNode result = JSON.createObjectNode();
        maybe(() -> result.set(name(), value(3)));
        maybe(() -> {
            ArrayNode ips = result.putArray("ips");
            for (int i = random.nextInt(4); i > 0; i--) {
                boolean v6 = random.nextBoolean();
                ObjectNode ip = ips.addObject();
                maybe(() -> ip.set(name(), value(1)));
                maybe(() -> ip.put("gateway", v6 ? "fd00::1" : "10.0.0.1"));
                ip.put(
                        "address",
                        v6
                                ? "fd00::" + Integer.toHexString(1 + random.nextInt(60_000)) + "/" + random.nextInt(129)
                                : "10.0." + random.nextInt(256) + ".7/" + random.nextInt(33));
                maybe(() -> ip.put("interface", random.nextInt(9)));
            }
        });
        maybe(() -> result.set(name(), value(2)));
        return result;
    }

    private JsonNode value(int depth) {
        return switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> JSON.getNodeFactory().numberNode(random.nextInt());
            case 1 -> JSON.getNodeFactory().numberNode(random.nextDouble() * 1e-9);
            case 2 -> JSON.getNodeFactory().booleanNode(random.nextBoolean());
            case 3 -> JSON.getNodeFactory().nullNode();
            case 4 -> JSON.getNodeFactory().textNode("ä€😀\t\"" + name());
            case 5 -> JSON.getNodeFactory().textNode("");
            case 6 -> {
                ArrayNode array = JSON.createArrayNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(value(depth - 1));
                }
                yield array;
            }
            default -> {
                ObjectNode object = JSON.createObjectNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    object.set(name(), value(depth - 1));
                }
                yield object;
            }
        };
    }

    private String name() {
        return "x" + Integer.toString(random.nextInt(1_000_000), 36) + "y".repeat(random.nextInt(40));
    }

    private void maybe(Runnable action) {
        if (random.nextInt(3) > 0) {
            action.run();
        }
    }

    private String text(JsonNode node) throws IOException {
        return random.nextBoolean()
                ? node.toString()
                : JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node);
    }

    private String damaged(String document) {
        StringBuilder text = new StringBuilder(document);
        for (int i = 1 + random.nextInt(3); i > 0 && !text.isEmpty(); i--) {
            int at = random.nextInt(text.length());
            char piece = PIECES.charAt(random.nextInt(PIECES.length()));
            switch (random.nextInt(4)) {
                case 0 -> text.setCharAt(at, piece);
                case 1 -> text.insert(at, piece);
                case 2 -> text.deleteCharAt(at);
                default -> text.setLength(random.nextInt(20) == 0 ? at : text.length());
            }
        }
        // Half a surrogate pair is no UTF-8; the two readers need not agree on what it is.
        return text.toString().replaceAll("[\\ud800-\\udfff]", "");
    }
}

package io.periplus.lab.node.pod;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.lab.store.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.stream.Collectors;

/** The fields of a pod that its containers can ask for ({@code fieldRef} and {@code resourceFieldRef}). */
public final class DownwardApi {
    /** What a container without limits is told: the capacity that a lab node reports. */
    public static final String NODE_CPU = "2";

    public static final String NODE_MEMORY = "8Gi";

    private DownwardApi() {}

    /** @throws IllegalArgumentException for a path that the API does not offer */
    public static String field(PodFacts facts, String path) {
        JsonNode pod = facts.pod();
        int bracket = path.indexOf("['");
        if (bracket > 0 && path.endsWith("']")) {
            String key = path.substring(bracket + 2, path.length() - 2);
            return switch (path.substring(0, bracket)) {
                case "metadata.labels" ->
                    Json.at(pod, "metadata", "labels").path(key).asText("");
                case "metadata.annotations" ->
                    Json.at(pod, "metadata", "annotations").path(key).asText("");
                default -> throw unknown(path);
            };
        }
        return switch (path) {
            case "metadata.name" -> facts.name();
            case "metadata.namespace" -> facts.namespace();
            case "metadata.uid" -> facts.uid();
            case "metadata.labels", "metadata.annotations" -> pairs(Json.at(pod, path.split("\\.")));
            case "spec.nodeName", "spec.serviceAccountName" -> Json.text(pod, path.split("\\."));
            case "status.podIP", "status.podIPs" -> facts.podIp();
            case "status.hostIP", "status.hostIPs" -> facts.hostIp();
            default -> throw unknown(path);
        };
    }

    /** A resource of a container in units of the divisor, rounded up. */
    public static String resource(JsonNode container, String resource, String divisor) {
        String[] parts = resource.split("\\.", 2);
        if (parts.length != 2) {
            throw new IllegalArgumentException(
                    "resourceFieldRef " + resource + " (expected: limits.<name> or requests.<name>)");
        }
        String value = Json.text(container, "resources", parts[0], parts[1]);
        if (value.isEmpty()) {
            value = switch (parts[1]) {
                case "cpu" -> NODE_CPU;
                case "memory" -> NODE_MEMORY;
                default -> "0";
            };
        }
        BigDecimal unit = divisor.isEmpty() || divisor.equals("0") ? BigDecimal.ONE : quantity(divisor);
        return quantity(value).divide(unit, 0, RoundingMode.CEILING).toPlainString();
    }

    /** A quantity such as {@code 100m}, {@code 64Mi} or {@code 1e3} as a number. */
    static BigDecimal quantity(String text) {
        int end = text.length();
        while (end > 0 && Character.isLetter(text.charAt(end - 1))) {
            end--;
        }
        BigDecimal number = new BigDecimal(text.substring(0, end));
        String suffix = text.substring(end);
        int binary = "KMGTPE".indexOf(suffix.endsWith("i") ? suffix.charAt(0) : '-') + 1;
        if (binary > 0) {
            return number.multiply(BigDecimal.valueOf(1024).pow(binary));
        }
        return switch (suffix) {
            case "" -> number;
            case "n" -> number.movePointLeft(9);
            case "u" -> number.movePointLeft(6);
            case "m" -> number.movePointLeft(3);
            case "k" -> number.movePointRight(3);
            case "M" -> number.movePointRight(6);
            case "G" -> number.movePointRight(9);
            case "T" -> number.movePointRight(12);
            case "P" -> number.movePointRight(15);
            case "E" -> number.movePointRight(18);
            default -> throw new IllegalArgumentException("quantity: " + text + " (unknown unit " + suffix + ")");
        };
    }

    private static String pairs(JsonNode map) {
        return map.properties().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getKey() + "=\"" + escape(entry.getValue().asText()) + "\"")
                .collect(Collectors.joining("\n"));
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static IllegalArgumentException unknown(String path) {
        return new IllegalArgumentException("fieldRef " + path + " is not a field that containers can ask for");
    }
}

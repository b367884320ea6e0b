package io.periplus.cli.experimental;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.cli.analyze.finding.Level;
import io.periplus.cli.text.Json;
import java.util.Comparator;

/**
 * Something about a cluster as a whole, in the form of analyze's findings.
 *
 * @param code upstream's, for example {@code IST0142}
 */
record ClusterFinding(Level level, String code, String text) implements Comparable<ClusterFinding> {
    private static final Comparator<ClusterFinding> ORDER = Comparator.comparing(ClusterFinding::level)
            .reversed()
            .thenComparing(ClusterFinding::code)
            .thenComparing(ClusterFinding::text);

    @Override
    public int compareTo(ClusterFinding other) {
        return ORDER.compare(this, other);
    }

    String line() {
        return level.title() + " [" + code + "] " + text;
    }

    ObjectNode json() {
        return Json.MAPPER
                .createObjectNode()
                .put("code", code)
                .put("level", level.title())
                .put("message", text);
    }
}

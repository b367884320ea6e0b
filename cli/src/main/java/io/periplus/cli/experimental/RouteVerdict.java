package io.periplus.cli.experimental;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.text.Json;
import java.util.ArrayList;
import java.util.List;

/** What the control plane says of a route at one parent. */
final class RouteVerdict {
    private RouteVerdict() {}

    /** {@code accepted}, or the reasons why not. */
    static String of(KubeObject route, KubeObject parent) {
        List<String> bad = new ArrayList<>();
        boolean judged = false;
        for (JsonNode status : route.at("/status/parents")) {
            if (!Json.text(status, "/parentRef/name", "").equals(parent.name())) {
                continue;
            }
            judged = true;
            for (JsonNode condition : status.path("conditions")) {
                if (Json.text(condition, "/status", "").equals("False")) {
                    bad.add(Json.text(condition, "/type", "") + "=False (" + Json.text(condition, "/reason", "") + ": "
                            + Json.text(condition, "/message", "") + ")");
                }
            }
        }
        return bad.isEmpty() ? judged ? "accepted" : "not judged yet" : String.join("; ", bad);
    }
}

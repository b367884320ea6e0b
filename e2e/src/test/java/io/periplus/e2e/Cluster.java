package io.periplus.e2e;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** One of the lab's clusters, spoken to with kubectl and istioctl. */
record Cluster(String name, Map<String, String> environment) {
    /** The answer of the sample's service in this cluster. */
    String greeting() {
        return "accounts-" + name.replace("cluster", "cluster-");
    }

    Command kubectl(String... words) {
        return command("kubectl", words);
    }

    Command istioctl(String... words) {
        return command("istioctl", words);
    }

    Command.Result apply(String yaml) {
        return kubectl("apply", "-f", "-").input(yaml).run().succeeds();
    }

    /** {@code curl} in the sample's client pod. */
    Command curl(String namespace, String... words) {
        List<String> all = new ArrayList<>(List.of("exec", "-n", namespace, "deploy/curl", "--", "curl", "-s"));
        all.addAll(Arrays.asList(words));
        return kubectl(all.toArray(String[]::new));
    }

    /** The HTTP status of one request to the sample's service; {@code 000} when there was no answer. */
    String status(String namespace, String method) {
        return curl(namespace, "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "10", "-X", method, Sample.URL)
                .run()
                .out();
    }

    private Command command(String program, String... words) {
        Command command = Command.of(program, "--context=" + name).environment(environment);
        return command.plus(words);
    }
}

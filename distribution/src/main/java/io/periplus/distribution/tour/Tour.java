package io.periplus.distribution.tour;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The walk through a waypoint: every command as typed, with what it returned and whether that is right. */
public final class Tour {
    private static final List<String> CLUSTERS = List.of("cluster1", "cluster2");
    private static final String URL = "accounts.accounts.svc.cluster.local:8080";

    private static final String MANAGED = "gateway.istio.io/managed=istio.io-mesh-controller";

    /** Of any one command: far above what each takes. */
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final Screen screen;
    private Shell shell;
    private int passed;
    private int failed;

    private Tour(Screen screen, Shell shell) {
        this.screen = screen;
        this.shell = shell;
    }

    /**
     * Takes the tour.
     *
     * @param home of the distribution: {@code bin} and {@code samples} are below it
     * @return 0 if all was as it should be, otherwise 1
     */
    public static int run(Path home, PrintStream out) throws IOException, InterruptedException {
        java.io.Console terminal = System.console();
        Screen screen = new Screen(out, terminal != null && terminal.isTerminal());
        String path = home.resolve("bin") + ":" + System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
        return new Tour(screen, new Shell(home, Map.of("PATH", path))).take();
    }

    private int take() throws IOException, InterruptedException {
        long start = System.nanoTime();
        if (!Machine.prepare(screen, shell) || !labUp()) {
            return 1;
        }
        reset();
        sample();
        waypoint();
        requests();
        policy();
        list();
        screen.heading(failed == 0 ? "The tour is complete." : "The tour found " + failed + " surprises.");
        screen.text("%d passed, %d failed".formatted(passed, failed));
        screen.text("%d s in all. The clusters go on running:"
                .formatted(Duration.ofNanos(System.nanoTime() - start).toSeconds()));
        screen.text("    eval \"$(./periplus lab env)\"     for kubectl and istioctl");
        screen.text("    ./periplus lab down              to stop them");
        return failed == 0 ? 0 : 1;
    }

    private boolean labUp() throws IOException, InterruptedException {
        screen.heading("Two clusters with the mesh");
        screen.command("periplus lab up");
        if (shell.show("periplus lab up") != 0) {
            screen.error("Error: the lab did not come up; see above, and `periplus lab logs`.");
            return false;
        }
        screen.command("eval \"$(periplus lab env)\"");
        Shell.Result environment = shell.run("eval \"$(periplus lab env)\" && env -0", LIMIT);
        if (environment.code() != 0) {
            screen.error("Error: " + environment.output());
            return false;
        }
        Map<String, String> variables = new LinkedHashMap<>();
        for (String entry : environment.output().split("\0")) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                variables.put(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        shell = shell.with(variables);
        return true;
    }

    /** What an earlier tour left. */
    private void reset() {
        for (String cluster : CLUSTERS) {
            if (shell.run(kubectl(cluster) + "get namespace accounts", LIMIT).code() == 0) {
                shell.run(kubectl(cluster) + "delete authorizationpolicies --all -n accounts", LIMIT);
                shell.run(kubectl(cluster) + "label namespace accounts istio.io/use-waypoint-", LIMIT);
                shell.run(istioctl(cluster, "waypoint delete --all -n accounts"), LIMIT);
                shell.run(
                        kubectl(cluster) + "wait --for=delete pod -n accounts -l " + MANAGED + " --timeout=60s", LIMIT);
            }
        }
    }

    private void sample() {
        screen.heading("The sample: a service in `accounts`, a client in `finance`, both in the mesh");
        for (String cluster : CLUSTERS) {
            step(kubectl(cluster) + "apply -f samples/accounts/" + cluster + ".yaml", new Expectation.Succeeds());
        }
        for (String cluster : CLUSTERS) {
            step(
                    kubectl(cluster) + "rollout status deploy/accounts -n accounts --timeout=60s",
                    new Expectation.Succeeds());
            step(kubectl(cluster) + "rollout status deploy/curl -n finance --timeout=60s", new Expectation.Succeeds());
        }
    }

    private void waypoint() {
        screen.heading("Step 1: deploy a waypoint and send the namespace's traffic through it");
        for (String cluster : CLUSTERS) {
            step(
                    istioctl(cluster, "waypoint apply -n accounts --enroll-namespace"),
                    new Expectation.Prints("✅ waypoint accounts/waypoint applied\n"
                            + "✅ namespace accounts labeled with \"istio.io/use-waypoint: waypoint\""));
        }
        screen.heading("Step 2: the waypoint is a pod, made by the control plane");
        for (String cluster : CLUSTERS) {
            step(
                    kubectl(cluster) + "wait --for=condition=Programmed gateway/waypoint -n accounts --timeout=60s",
                    new Expectation.Succeeds());
            step(
                    kubectl(cluster) + "get pods -n accounts -l " + MANAGED,
                    Expectation.OneRow.of("waypoint-.*", "1/1", "Running"));
        }
        screen.heading("Step 3: its Gateway is programmed");
        for (String cluster : CLUSTERS) {
            step(
                    kubectl(cluster) + "get gateway -n accounts",
                    Expectation.OneRow.of("waypoint", "istio-waypoint", "[0-9.]+(,\\S+)?", "True"));
        }
    }

    private void requests() {
        screen.heading("Step 4: requests go through the waypoint");
        for (String cluster : CLUSTERS) {
            step(curl(cluster, ""), new Expectation.Prints(greeting(cluster)));
        }
    }

    private void policy() {
        screen.heading("Step 5: finance may GET, and nothing else");
        for (String cluster : CLUSTERS) {
            step(kubectl(cluster) + "apply -f samples/accounts/allow-get-only.yaml", new Expectation.Succeeds());
            step(
                    kubectl(cluster) + "wait --for=condition=WaypointAccepted authorizationpolicy/allow-get-only"
                            + " -n accounts --timeout=30s",
                    new Expectation.Succeeds());
        }
        for (String cluster : CLUSTERS) {
            step(curl(cluster, ""), new Expectation.Prints(greeting(cluster)));
            step(curl(cluster, "-X POST "), new Expectation.Prints("RBAC: access denied"));
            step(curl(cluster, "-o /dev/null -w '%{http_code}' -X POST "), new Expectation.Prints("403"));
        }
    }

    private void list() {
        screen.heading("The waypoints of the clusters");
        for (String cluster : CLUSTERS) {
            step(istioctl(cluster, "waypoint list"), new Expectation.Succeeds());
            step(
                    istioctl(cluster, "waypoint list -A"),
                    Expectation.OneRow.of("accounts", "waypoint", "default", "none", "True"));
        }
    }

    private void step(String line, Expectation expectation) {
        screen.command(line);
        Shell.Result result = shell.run(line, LIMIT);
        boolean good = expectation.isMetBy(result);
        screen.output(result.output());
        screen.verdict(good, expectation.words(), result.took());
        if (good) {
            passed++;
        } else {
            failed++;
            if (result.code() != 0) {
                screen.error("    exit code " + result.code());
            }
        }
    }

    private static String greeting(String cluster) {
        return "accounts-" + cluster.replace("cluster", "cluster-");
    }

    private static String kubectl(String cluster) {
        return "kubectl --context=" + cluster + " ";
    }

    private static String istioctl(String cluster, String words) {
        return "istioctl " + words + " --context=" + cluster;
    }

    private static String curl(String cluster, String flags) {
        return kubectl(cluster) + "exec -n finance deploy/curl -- curl -s --max-time 10 " + flags + URL;
    }
}

package io.periplus.e2e;

/** The accounts sample of {@code samples/accounts}. */
final class Sample {
    static final String URL = "accounts.accounts.svc.cluster.local:8080";

    private Sample() {}

    /** The sample, freshly applied, without policies and without a waypoint, ready. */
    static void deploy(Cluster cluster) {
        cluster.kubectl("apply", "-f", "samples/accounts/" + cluster.name() + ".yaml")
                .run()
                .succeeds();
        reset(cluster);
        for (String namespace : new String[] {"accounts", "finance"}) {
            cluster.kubectl("wait", "--for=condition=Available", "deploy", "--all", "-n", namespace, "--timeout=60s")
                    .within(java.time.Duration.ofSeconds(70))
                    .run()
                    .succeeds();
        }
    }

    /** A client like the sample's in a namespace of its own. */
    static void client(Cluster cluster, String namespace, boolean enrolled) {
        cluster.apply("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: %s, labels: {istio.io/dataplane-mode: %s}}
                """.formatted(namespace, enrolled ? "ambient" : "none"));
        client(cluster, namespace);
    }

    /** A client in a namespace that is there. */
    static void client(Cluster cluster, String namespace) {
        cluster.apply("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: curl, namespace: %1$s}
                spec:
                  selector: {matchLabels: {app: curl}}
                  template:
                    metadata: {labels: {app: curl}}
                    spec:
                      containers:
                        - {name: curl, image: curlimages/curl:8.5.0, command: [sleep, infinity]}
                """.formatted(namespace));
        cluster.kubectl("rollout", "status", "deploy/curl", "-n", namespace, "--timeout=60s")
                .run()
                .succeeds();
    }

    /** Removes policies, waypoints and the waypoint label. */
    static void reset(Cluster cluster) {
        cluster.kubectl("delete", "authorizationpolicies", "--all", "-n", "accounts")
                .run()
                .succeeds();
        cluster.kubectl("label", "namespace", "accounts", "istio.io/use-waypoint-")
                .run()
                .succeeds();
        cluster.istioctl("waypoint", "delete", "--all", "-n", "accounts").run().succeeds();
    }

    static void policy(Cluster cluster, String name) {
        cluster.kubectl("apply", "-f", "samples/accounts/" + name + ".yaml")
                .run()
                .succeeds();
    }

    static Command.Result applyWaypoint(Cluster cluster) {
        return cluster.istioctl("waypoint", "apply", "-n", "accounts", "--enroll-namespace")
                .run()
                .succeeds();
    }

    /** The Gateway is programmed and the service is bound to it. */
    static void awaitWaypoint(Cluster cluster) {
        cluster.kubectl("wait", "--for=condition=Programmed", "gateway/waypoint", "-n", "accounts", "--timeout=30s")
                .run()
                .succeeds();
        cluster.kubectl(
                        "wait",
                        "--for=condition=istio.io/WaypointBound",
                        "service/accounts",
                        "-n",
                        "accounts",
                        "--timeout=30s")
                .run()
                .succeeds();
    }
}

package io.periplus.e2e;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wrong input gets a clear message and the documented exit code. */
class WrongInputTest {
    private final Cluster cluster = Lab.cluster1();

    @Test
    void anUnknownFieldIsNamed() {
        cluster.kubectl("apply", "-f", "-").input("""
                        apiVersion: security.istio.io/v1
                        kind: AuthorizationPolicy
                        metadata: {name: wrong, namespace: default}
                        spec: {actoin: ALLOW}
                        """).run().exits(1).complains("unknown field \"spec.actoin\"");
        cluster.kubectl("apply", "-f", "-").input("""
                        apiVersion: v1
                        kind: Service
                        metadata: {name: wrong, namespace: default}
                        spec: {prots: [{port: 80}]}
                        """).run().exits(1).complains("unknown field \"spec.prots\"");
    }

    @Test
    void anUnknownActionIsRefusedWithTheActionsThatExist() {
        cluster.kubectl("apply", "-f", "-")
                .input("""
                        apiVersion: security.istio.io/v1
                        kind: AuthorizationPolicy
                        metadata: {name: wrong, namespace: default}
                        spec: {action: PERMIT}
                        """)
                .run()
                .exits(1)
                .complains("spec.action: Unsupported value: \"PERMIT\"")
                .complains("\"ALLOW\"");
    }

    @Test
    void aGatewayOfAnUnknownClassIsLeftAlone() {
        cluster.apply("""
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: stray, namespace: default}
                spec:
                  gatewayClassName: no-such-class
                  listeners: [{name: mesh, port: 15008, protocol: HBONE}]
                """);
        try {
            cluster.kubectl("get", "deploy,svc", "-n", "default", "-l", "gateway.networking.k8s.io/gateway-name=stray")
                    .run()
                    .succeeds()
                    .complains("No resources found");
        } finally {
            cluster.kubectl("delete", "gateway.gateway.networking.k8s.io", "stray", "-n", "default")
                    .run()
                    .succeeds();
        }
    }

    @Test
    void waypointApplyInAMissingNamespaceSaysSo() {
        cluster.istioctl("waypoint", "apply", "-n", "nowhere")
                .run()
                .exits(1)
                .complains("Error: namespace: nowhere not found");
    }

    @Test
    void aSecondLabUpSaysThatItIsUp() {
        Lab.periplus("lab", "up").within(Duration.ofMinutes(1)).run().succeeds().prints("already up");
    }

    @Test
    void withoutRootTheLabSaysWhatItNeeds() {
        Command.of(
                        "setpriv",
                        "--reuid=65534",
                        "--regid=65534",
                        "--clear-groups",
                        "distribution/target/periplus/bin/periplus",
                        "lab",
                        "up")
                .run()
                .exits(4)
                .complains("root");
    }

    @Test
    void aBusyPortIsNamed(@TempDir Path other) {
        Lab.periplus("lab", "up", "--dir=" + other.resolve("lab"))
                .run()
                .exits(6)
                .complains("17443");
    }

    @Test
    void aMissingKubectlIsNamed(@TempDir Path folder) {
        String withoutKubectl = "ln -s /usr/bin/* /usr/sbin/* %1$s/ 2>/dev/null; rm -f %1$s/kubectl; PATH=%1$s exec "
                + "distribution/target/periplus/bin/periplus lab up --dir=%1$s/lab --api-ports=0,0";
        Command.of("bash", "-c", withoutKubectl.formatted(folder))
                .run()
                .exits(5)
                .complains("kubectl");
    }
}

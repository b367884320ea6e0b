package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node agent that is killed: nobody notices who runs already, neither clients nor the kubelet. */
class NodeAgentFaultTest {
    /** Requests before the agent is killed, and after it is back. */
    private static final int SOME = 20;

    private final Cluster cluster = Lab.cluster1();

    @BeforeEach
    void anApplicationThatIsProbedAndTakesNothingInClear() {
        Sample.deploy(cluster);
        cluster.apply("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: probed, labels: {istio.io/dataplane-mode: ambient}}
                ---
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: strict, namespace: probed}
                spec: {mtls: {mode: STRICT}}
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: probed, namespace: probed}
                spec:
                  selector: {matchLabels: {app: probed}}
                  template:
                    metadata: {labels: {app: probed}}
                    spec:
                      containers:
                        - name: echo
                          image: hashicorp/http-echo:1.0
                          args: [-listen=:8080, -text=probed]
                          livenessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 2}
                          readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1, timeoutSeconds: 5}
                """);
        cluster.kubectl("rollout", "status", "deploy/probed", "-n", "probed", "--timeout=60s")
                .within(Duration.ofSeconds(70))
                .run()
                .succeeds();
    }

    @AfterEach
    void remove() {
        cluster.kubectl("delete", "namespace", "probed", "--wait=false").run().succeeds();
    }

    @Test
    void itCostsNoRequestAndNoProbe() throws IOException {
        Victim agent = new Victim(cluster, "istio-system", "app=istio-cni-node");
        Victim probed = new Victim(cluster, "probed", "app=probed");
        int restarts = agent.restarts();
        try (RequestLoop load = RequestLoop.start(cluster, "finance", "GET")) {
            await().atMost(Duration.ofSeconds(30)).until(() -> load.answers().size() > SOME);

            agent.kill();

            await().atMost(Duration.ofSeconds(60)).until(() -> agent.restarts() > restarts && agent.isReady());
            int atReturn = load.answers().size();
            await().atMost(Duration.ofSeconds(30)).until(() -> load.answers().size() > atReturn + SOME);
            assertThat(load.otherThan("200")).isEmpty();
        }
        assertThat(probed.restarts()).as("by the kubelet").isZero();
        assertThat(probed.isReady()).isTrue();
    }
}

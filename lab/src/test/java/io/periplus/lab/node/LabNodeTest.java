package io.periplus.lab.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.PodRuntime;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ResourceType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods on a real node, as their users see them. Needs root. */
class LabNodeTest {
    @TempDir
    static Path directory;

    static NodeFixture lab;

    @BeforeAll
    static void start() throws IOException {
        lab = new NodeFixture(directory);
    }

    @AfterAll
    static void stop() throws IOException {
        lab.close();
        assertThat(NodeCleanup.isNeeded(lab.config.cluster())).isFalse();
    }

    @Test
    void aPodRunsQuicklyUntilItIsDeleted() {
        long before = System.nanoTime();
        lab.apply("""
                kind: Pod
                metadata: {name: idle}
                spec:
                  containers:
                  - {name: curl, image: "curlimages/curl:8.5.0", command: [sleep, infinity]}
                """);
        ObjectNode pod = lab.awaitReady("idle");
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .as("from created to ready; about 0.1 s on a quiet machine")
                .isLessThan(Duration.ofSeconds(2));
        assertThat(Json.text(pod, "status", "phase")).isEqualTo("Running");
        assertThat(Json.text(pod, "status", "podIP")).startsWith("10.99.1.");

        lab.store.delete(ResourceType.POD, "accounts", "idle", null, null);
        await().atMost(Duration.ofSeconds(5)).until(() -> lab.pod("idle") == null);
    }

    @Test
    void aServiceNameLeadsToItsPods() throws IOException {
        lab.apply("""
                kind: Pod
                metadata: {name: echo, labels: {app: echo}}
                spec:
                  containers:
                  - name: echo
                    image: hashicorp/http-echo:1.0
                    args: [-text=hello, "-listen=:8080"]
                    readinessProbe: {httpGet: {path: /, port: 8080}}
                """);
        ObjectNode echo = lab.awaitReady("echo");
        lab.apply("""
                kind: Service
                metadata: {name: echo}
                spec: {clusterIP: 10.96.7.7, ports: [{port: 80}]}
                """);
        lab.apply("""
                kind: EndpointSlice
                metadata: {name: echo-1, labels: {kubernetes.io/service-name: echo}}
                addressType: IPv4
                ports: [{port: 8080, name: ""}]
                endpoints: [{addresses: [%s], conditions: {ready: true}}]
                """.formatted(Json.text(echo, "status", "podIP")));
        lab.apply("""
                kind: Pod
                metadata: {name: client}
                spec:
                  restartPolicy: Never
                  containers:
                  - name: curl
                    image: curlimages/curl:8.5.0
                    args: [curl, -s, --retry, "5", --retry-connrefused, http://echo]
                """);
        ObjectNode client =
                lab.awaitPod("client", pod -> Json.text(pod, "status", "phase").equals("Succeeded"));
        assertThat(lab.log(client, "curl")).isEqualTo("hello\n");

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        lab.node
                .runtime()
                .exec(
                        new PodRuntime.ContainerRef("accounts", "echo", Meta.uid(echo), "echo"),
                        new PodRuntime.ExecRequest(
                                List.of("curl", "-s", "-m", "3", "http://echo.accounts"), null, out, null, null));
        assertThat(out.toString(StandardCharsets.UTF_8))
                .as("a pod that calls its own service")
                .isEqualTo("hello\n");
    }

    @Test
    void volumesAndVariablesCarryWhatThePodAsksFor() throws IOException {
        lab.apply("""
                kind: ConfigMap
                metadata: {name: settings}
                data: {colour: blue, "sub.conf": "only this"}
                """);
        lab.apply("""
                kind: Secret
                metadata: {name: keys}
                data: {pin: MTIzNA==}
                """);
        lab.apply("""
                kind: Pod
                metadata: {name: volumes, labels: {app: v}}
                spec:
                  restartPolicy: Never
                  serviceAccountName: robot
                  securityContext: {runAsUser: 1000, runAsGroup: 1001}
                  initContainers:
                  - {name: first, image: busybox, command: [sh, -c, "echo made > /shared/by-init"], volumeMounts: [{name: shared, mountPath: /shared}]}
                  containers:
                  - name: main
                    image: busybox
                    workingDir: /shared
                    command: [sh, -c]
                    args:
                    - |
                      cat by-init /etc/settings/colour /keys/pin /one/sub.conf /tokens/token; echo
                      cat /tokens/labels; echo
                      echo $NAME $GREETING $PIN $CPU $(id -u):$(id -g)
                      touch /etc/settings/x 2>/dev/null || echo read-only
                      stat -L -c %a /keys/pin
                    env:
                    - {name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                    - {name: GREETING, value: "hello-$(NAME)-$(NOBODY)"}
                    - {name: PIN, valueFrom: {secretKeyRef: {name: keys, key: pin}}}
                    - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m}}}
                    resources: {limits: {cpu: 250m}}
                    volumeMounts:
                    - {name: shared, mountPath: /shared}
                    - {name: settings, mountPath: /etc/settings}
                    - {name: settings, mountPath: /one/sub.conf, subPath: sub.conf}
                    - {name: keys, mountPath: /keys}
                    - {name: tokens, mountPath: /tokens}
                  volumes:
                  - {name: shared, emptyDir: {}}
                  - {name: settings, configMap: {name: settings}}
                  - {name: keys, secret: {secretName: keys, defaultMode: 292}}
                  - name: tokens
                    projected:
                      sources:
                      - serviceAccountToken: {path: token, audience: istio-ca, expirationSeconds: 600}
                      - downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}
                """);
        ObjectNode pod = lab.awaitPod("volumes", NodeFixture::isOver);
        assertThat(lab.log(pod, "main")).isEqualTo("""
                made
                blue1234only thistoken of robot for [istio-ca]
                app="v"
                volumes hello-volumes-$(NOBODY) 1234 250 1000:1001
                read-only
                444
                """);
    }

    @Test
    void aChangedConfigMapReachesTheRunningContainer() {
        lab.apply("""
                kind: ConfigMap
                metadata: {name: live}
                data: {colour: red}
                """);
        lab.apply("""
                kind: Pod
                metadata: {name: watcher}
                spec:
                  restartPolicy: Never
                  containers:
                  - name: main
                    image: busybox
                    command: [sh, -c, "until grep -q green /live/colour; do sleep 0.1; done"]
                    volumeMounts: [{name: live, mountPath: /live}]
                  volumes: [{name: live, configMap: {name: live}}]
                """);
        lab.awaitReady("watcher");
        lab.store.update(ResourceType.CONFIG_MAP, "accounts", "live", map -> {
            map.withObject("data").put("colour", "green");
            return map;
        });
        assertThat(Json.text(lab.awaitPod("watcher", NodeFixture::isOver), "status", "phase"))
                .isEqualTo("Succeeded");
    }

    @Test
    void aFailingContainerIsRestartedAtOnceAndThenWithBackOff() {
        lab.apply("""
                kind: Pod
                metadata: {name: failing}
                spec:
                  containers: [{name: main, image: busybox, command: [sh, -c, "exit 3"]}]
                """);
        ObjectNode pod = lab.awaitPod(
                "failing",
                candidate ->
                        status(candidate).at("/state/waiting/reason").asText().equals("CrashLoopBackOff"));
        assertThat(status(pod).path("restartCount").asInt()).isEqualTo(2);
        assertThat(status(pod).at("/lastState/terminated/exitCode").asInt()).isEqualTo(3);
    }

    @Test
    void anUnknownImageSaysWhatToDo() {
        lab.apply("""
                kind: Pod
                metadata: {name: unknown}
                spec:
                  containers: [{name: main, image: example.com/nobody/knows:1}]
                """);
        ObjectNode pod = lab.awaitPod(
                "unknown",
                candidate ->
                        status(candidate).at("/state/waiting/reason").asText().equals("ErrImagePull"));
        assertThat(status(pod).at("/state/waiting/message").asText()).contains("periplus lab image add");
    }

    @Test
    void aProgramThatIsNotThereFailsToStart() {
        lab.apply("""
                kind: Pod
                metadata: {name: nothing}
                spec:
                  restartPolicy: Never
                  containers: [{name: main, image: busybox, command: [no-such-program]}]
                """);
        ObjectNode pod = lab.awaitPod("nothing", NodeFixture::isOver);
        assertThat(status(pod).at("/state/terminated/reason").asText()).isEqualTo("StartError");
        assertThat(status(pod).at("/state/terminated/message").asText())
                .isEqualTo("exec: \"no-such-program\": executable file not found in $PATH");
    }

    @Test
    void aFailedLivenessProbeRestartsTheContainer() {
        lab.apply("""
                kind: Pod
                metadata: {name: sick}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: main
                    image: busybox
                    command: [sleep, infinity]
                    livenessProbe: {exec: {command: ["false"]}, periodSeconds: 1, failureThreshold: 1}
                """);
        lab.awaitPod("sick", pod -> status(pod).path("restartCount").asInt() > 0);
    }

    @Test
    void containersAreApartButShareTheNetwork() throws IOException {
        lab.apply("""
                kind: Pod
                metadata: {name: two}
                spec:
                  restartPolicy: Never
                  containers:
                  - {name: server, image: hashicorp/http-echo, args: [-text=neighbour]}
                  - name: main
                    image: busybox
                    command: [sh, -c, "hostname; echo $$$$; curl -s --retry 9 --retry-connrefused localhost:5678; ps ax | wc -l"]
                """);
        ObjectNode pod = lab.awaitPod(
                "two",
                candidate -> Json.at(candidate, "status", "containerStatuses")
                        .path(1)
                        .at("/state/terminated")
                        .isObject());
        assertThat(lab.log(pod, "main").lines().toList())
                .startsWith("two", "1", "neighbour")
                .last()
                .asString()
                .isLessThanOrEqualTo("5");
    }

    @Test
    void anUnservedAddressIsRefusedAndAnUnknownNameDoesNotExist() throws IOException {
        lab.apply("""
                kind: Service
                metadata: {name: nobody}
                spec: {clusterIP: 10.96.7.8, ports: [{port: 80}]}
                """);
        lab.apply("""
                kind: Pod
                metadata: {name: seeker}
                spec:
                  restartPolicy: Never
                  hostNetwork: true
                  dnsPolicy: ClusterFirstWithHostNet
                  containers:
                  - name: main
                    image: busybox
                    command: [sh, -c, "curl -s nobody; echo $?; curl -s nobody.nowhere; echo $?; curl -s -m 3 10.99.1.250; echo $?"]
                """);
        ObjectNode pod = lab.awaitPod("seeker", NodeFixture::isOver);
        assertThat(Json.text(pod, "status", "podIP")).isEqualTo("10.99.0.1");
        assertThat(lab.log(pod, "main")).startsWith("7\n6\n");
    }

    @Test
    void securityContextsTakeAndGiveRights() throws IOException {
        lab.apply("""
                kind: Pod
                metadata: {name: rights}
                spec:
                  restartPolicy: Never
                  containers:
                  - name: usual
                    image: busybox
                    command: [sh, -c, "grep CapEff /proc/self/status | cut -f2; mount -t tmpfs x /mnt 2>/dev/null || echo no; echo 1 2>/dev/null > /proc/sys/net/ipv4/ip_forward || echo no; echo x > /written && echo yes"]
                  - name: restricted
                    image: busybox
                    command: [sh, -c, "grep CapEff /proc/self/status | cut -f2; grep NoNew /proc/self/status | cut -f2; touch /written 2>/dev/null || echo no; touch /tmp/x && id -u"]
                    securityContext: {runAsUser: 1234, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
                  - name: privileged
                    image: busybox
                    command: [sh, -c, "mount -t tmpfs x /mnt && echo 1 > /proc/sys/net/ipv4/ip_forward && echo yes"]
                    securityContext: {privileged: true}
                  - name: proxy
                    image: busybox
                    command: [sh, -c, "grep CapEff /proc/self/status | cut -f2"]
                    securityContext: {runAsUser: 0, runAsGroup: 1337, capabilities: {drop: [ALL], add: [NET_ADMIN, SYS_ADMIN, NET_RAW]}}
                """);
        ObjectNode pod = lab.awaitPod("rights", NodeFixture::isOver);
        assertThat(lab.log(pod, "usual")).isEqualTo("00000000a00425fb\nno\nno\nyes\n");
        assertThat(lab.log(pod, "restricted")).isEqualTo("0000000000000000\n1\nno\n1234\n");
        assertThat(lab.log(pod, "privileged")).isEqualTo("yes\n");
        assertThat(lab.log(pod, "proxy")).isEqualTo("0000000000203000\n");
    }

    private static JsonNode status(ObjectNode pod) {
        return Json.at(pod, "status", "containerStatuses").path(0);
    }
}

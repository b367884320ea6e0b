package io.periplus.lab.apiserver.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.periplus.lab.store.schema.ModelSchemas;
import io.periplus.lab.store.schema.Schema;
import java.io.IOException;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PatchesTest {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Schema POD = ModelSchemas.of(Pod.class);

    private static JsonNode yaml(String text) throws IOException {
        return YAML.readTree(text);
    }

    private static String strategic(String target, String patch) throws IOException {
        return StrategicMerge.apply(POD, (ObjectNode) yaml(target), yaml(patch)).toString();
    }

    @Test
    void strategicMergeJoinsListsByTheirKey() throws IOException {
        assertThat(strategic(
                        "spec: {containers: [{name: a, image: x}, {name: b, image: y}]}",
                        "spec: {containers: [{name: b, image: z}, {name: c, image: w}]}"))
                .isEqualTo(
                        "{\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"x\"},{\"name\":\"b\",\"image\":\"z\"},"
                                + "{\"name\":\"c\",\"image\":\"w\"}]}}");
    }

    @Test
    void strategicMergeDeletesAnEntryOnRequest() throws IOException {
        assertThat(strategic(
                        "spec: {containers: [{name: a}, {name: b}]}",
                        "spec: {containers: [{name: a, $patch: delete}]}"))
                .isEqualTo("{\"spec\":{\"containers\":[{\"name\":\"b\"}]}}");
    }

    @Test
    void strategicMergeReplacesAListWithoutKey() throws IOException {
        assertThat(strategic(
                        "spec: {containers: [{name: a, args: [x, y]}]}", "spec: {containers: [{name: a, args: [z]}]}"))
                .isEqualTo("{\"spec\":{\"containers\":[{\"name\":\"a\",\"args\":[\"z\"]}]}}");
    }

    @Test
    void strategicMergeOrdersAsAsked() throws IOException {
        assertThat(
                        strategic(
                                "spec: {containers: [{name: a}, {name: b}]}",
                                "spec: {$setElementOrder/containers: [{name: b}, {name: a}], containers: [{name: a, image: x}]}"))
                .isEqualTo("{\"spec\":{\"containers\":[{\"name\":\"b\"},{\"name\":\"a\",\"image\":\"x\"}]}}");
    }

    @Test
    void strategicMergeTakesFinalizersAsASet() throws IOException {
        assertThat(strategic(
                        "metadata: {finalizers: [a, b]}",
                        "metadata: {$deleteFromPrimitiveList/finalizers: [a], finalizers: [c]}"))
                .contains("\"b\",\"c\"")
                .doesNotContain("\"a\"");
    }

    @Test
    void strategicMergeKeepsOnlyTheRetainedKeys() throws IOException {
        assertThat(strategic(
                        "spec: {volumes: [{name: v, emptyDir: {}}]}",
                        "spec: {volumes: [{name: v, $retainKeys: [name, secret], secret: {secretName: s}}]}"))
                .isEqualTo("{\"spec\":{\"volumes\":[{\"name\":\"v\",\"secret\":{\"secretName\":\"s\"}}]}}");
    }

    @Test
    void mergePatchRemovesNullsAndReplacesArrays() throws IOException {
        assertThat(MergePatch.apply((ObjectNode) yaml("{a: {b: 1, c: 2}, d: [1, 2]}"), yaml("{a: {b: null}, d: [3]}"))
                        .toString())
                .isEqualTo("{\"a\":{\"c\":2},\"d\":[3]}");
    }

    @Test
    void jsonPatchAppliesItsOperationsInOrder() throws IOException {
        assertThat(JsonPatch.apply((ObjectNode) yaml("{a: [1, 2], b: {c: x}}"), yaml("""
                                - {op: test, path: /b/c, value: x}
                                - {op: add, path: /a/-, value: 3}
                                - {op: remove, path: /a/0}
                                - {op: move, from: /b/c, path: /d}
                                - {op: copy, from: /d, path: /b/e~1f}
                                """))
                        .toString())
                .isEqualTo("{\"a\":[2,3],\"b\":{\"e/f\":\"x\"},\"d\":\"x\"}");
    }

    @Test
    void jsonPatchStopsAtAFailedTest() {
        assertThatThrownBy(() -> JsonPatch.apply((ObjectNode) yaml("{a: 1}"), yaml("[{op: test, path: /a, value: 2}]")))
                .hasMessageContaining("testing value /a failed");
    }

    @Test
    void ownedFieldsSurviveBeingWrittenAndReadBack() throws IOException {
        var paths = new TreeSet<>(FieldPaths.of(POD, (ObjectNode) yaml("""
                        metadata: {name: p, labels: {app: web}, finalizers: [x]}
                        spec:
                          nodeSelector: {a: b}
                          containers: [{name: app, ports: [{containerPort: 80}]}]
                        """)).keySet());
        ObjectNode fields = FieldPaths.toFieldsV1(paths);
        assertThat(fields.toString())
                .isEqualTo("{\"f:metadata\":{\"f:finalizers\":{\"v:\\\"x\\\"\":{}},\"f:labels\":{\"f:app\":{}}},"
                        + "\"f:spec\":{\"f:containers\":{\"k:{\\\"name\\\":\\\"app\\\"}\":{\".\":{},\"f:name\":{},"
                        + "\"f:ports\":{\"k:{\\\"containerPort\\\":80,\\\"protocol\\\":\\\"TCP\\\"}\":{\".\":{},"
                        + "\"f:containerPort\":{}}}}},\"f:nodeSelector\":{}}}");
        assertThat(FieldPaths.fromFieldsV1(fields)).isEqualTo(paths);
        assertThat(paths.stream().map(FieldPaths::display))
                .contains(".spec.containers[name=\"app\"].ports[containerPort=80,protocol=\"TCP\"].containerPort");
    }
}

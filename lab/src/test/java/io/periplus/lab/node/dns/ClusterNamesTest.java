package io.periplus.lab.node.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.periplus.lab.node.MemoryStore;
import io.periplus.lab.store.ResourceType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Kubernetes DNS specification, case by case. */
class ClusterNamesTest {
    private final MemoryStore store = new MemoryStore();
    private final ClusterNames names = new ClusterNames(store, "cluster.local", "10.96.0.10");

    @BeforeEach
    void objects() throws IOException {
        put(ResourceType.NAMESPACE, "metadata: {name: a}");
        put(
                ResourceType.SERVICE,
                "{metadata: {name: web, namespace: a}, spec: {clusterIP: 10.96.1.1, ports: [{name: http, port: 80}]}}");
        put(
                ResourceType.SERVICE,
                "{metadata: {name: set, namespace: a}, spec: {clusterIP: None, ports: [{name: db, port: 5432}]}}");
        put(
                ResourceType.SERVICE,
                "{metadata: {name: away, namespace: a}, spec: {type: ExternalName, externalName: example.com}}");
        put(
                ResourceType.SERVICE,
                "{metadata: {name: near, namespace: a}, spec: {type: ExternalName, externalName: web.a.svc.cluster.local}}");
        put(ResourceType.ENDPOINT_SLICE, """
                metadata: {name: set-1, namespace: a, labels: {kubernetes.io/service-name: set}}
                ports: [{name: db, port: 5432}]
                endpoints:
                - {addresses: [10.1.1.5], hostname: set-0, conditions: {ready: true}}
                - {addresses: [10.1.1.6], conditions: {ready: true}}
                - {addresses: [10.1.1.7], hostname: set-2, conditions: {ready: false}}
                """);
    }

    @Test
    void aServiceIsItsClusterIp() {
        assertThat(answer("web.a.svc.cluster.local", DnsType.A)).isEqualTo("0 10.96.1.1");
        assertThat(answer("web.a.svc.cluster.local", DnsType.AAAA)).isEqualTo("0");
        assertThat(answer("web.b.svc.cluster.local", DnsType.A)).isEqualTo("3");
        assertThat(answer("10.1.96.10.in-addr.arpa", DnsType.PTR)).isEqualTo("3");
        assertThat(answer("1.1.96.10.in-addr.arpa", DnsType.PTR)).isEqualTo("0 web.a.svc.cluster.local");
    }

    @Test
    void aHeadlessServiceIsItsReadyPodsAndEachHasAName() {
        assertThat(answer("set.a.svc.cluster.local", DnsType.A)).isEqualTo("0 10.1.1.5 10.1.1.6");
        assertThat(answer("set-0.set.a.svc.cluster.local", DnsType.A)).isEqualTo("0 10.1.1.5");
        assertThat(answer("10-1-1-6.set.a.svc.cluster.local", DnsType.A)).isEqualTo("0 10.1.1.6");
        assertThat(answer("set-2.set.a.svc.cluster.local", DnsType.A)).isEqualTo("3");
        assertThat(answer("5.1.1.10.in-addr.arpa", DnsType.PTR)).isEqualTo("0 set-0.set.a.svc.cluster.local");
    }

    @Test
    void aNamedPortIsAServiceRecord() {
        assertThat(answer("_http._tcp.web.a.svc.cluster.local", DnsType.SRV)).isEqualTo("0 80:web.a.svc.cluster.local");
        assertThat(answer("_db._tcp.set.a.svc.cluster.local", DnsType.SRV))
                .isEqualTo("0 5432:set-0.set.a.svc.cluster.local 5432:10-1-1-6.set.a.svc.cluster.local");
        assertThat(answer("_db._udp.set.a.svc.cluster.local", DnsType.SRV)).isEqualTo("3");
    }

    @Test
    void anExternalNameIsAnAlias() {
        assertThat(answer("away.a.svc.cluster.local", DnsType.A)).isEqualTo("0 >example.com");
        assertThat(answer("near.a.svc.cluster.local", DnsType.A)).isEqualTo("0 >web.a.svc.cluster.local 10.96.1.1");
    }

    @Test
    void aPodIsItsAddressWithDashes() {
        assertThat(answer("10-1-1-5.a.pod.cluster.local", DnsType.A)).isEqualTo("0 10.1.1.5");
        assertThat(answer("10-1-1-5.b.pod.cluster.local", DnsType.A)).isEqualTo("3");
    }

    @Test
    void whatIsAboveANameExistsAndWhatIsOutsideDoesNot() {
        assertThat(answer("a.svc.cluster.local", DnsType.A)).isEqualTo("0");
        assertThat(answer("svc.cluster.local", DnsType.A)).isEqualTo("0");
        assertThat(answer("cluster.local", DnsType.A)).isEqualTo("0");
        assertThat(answer("example.com", DnsType.A)).isEqualTo("3");
        assertThat(answer("web.a.svc.cluster.local.a.svc.cluster.local", DnsType.A))
                .isEqualTo("3");
    }

    @Test
    void aLongAnswerIsCutForThoseWhoCannotTakeIt() {
        byte[] question = "\003web\001a\003svc\007cluster\005local\0\0\1\0\1".getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer query = ByteBuffer.allocate(512)
                .putShort((short) 7)
                .putShort((short) 0x0100)
                .putShort((short) 1)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0)
                .put(question)
                .flip();
        DnsMessage.Query read = DnsMessage.read(query);
        assertThat(read).isNotNull();
        assertThat(read.name()).isEqualTo("web.a.svc.cluster.local");
        DnsAnswer answer = names.answer(read.name(), read.type());
        assertThat(DnsMessage.write(read, answer, "cluster.local", 512).getShort(2) & 0x0200)
                .isZero();
        ByteBuffer cut = DnsMessage.write(read, answer, "cluster.local", 50);
        assertThat(cut.getShort(2) & 0x0200).isNotZero();
        assertThat(cut.getShort(6)).isZero();
        byte[] kept = Arrays.copyOfRange(cut.array(), 12, 12 + question.length);
        assertThat(kept).isEqualTo(question);
    }

    private void put(ResourceType type, String yaml) throws IOException {
        store.create(type, (ObjectNode) new YAMLMapper().readTree(yaml));
    }

    /** The code and the records, in short. */
    private String answer(String name, int type) {
        DnsAnswer answer = names.answer(name, type);
        StringBuilder text = new StringBuilder().append(answer.code());
        for (DnsRecord record : answer.records()) {
            text.append(' ')
                    .append(
                            switch (record) {
                                case DnsRecord.A a ->
                                    (a.address()[0] & 255) + "." + (a.address()[1] & 255) + "." + a.address()[2] + "."
                                            + a.address()[3];
                                case DnsRecord.Cname cname -> ">" + cname.target();
                                case DnsRecord.Ptr ptr -> ptr.target();
                                case DnsRecord.Srv srv -> srv.port() + ":" + srv.target();
                                case DnsRecord.Txt txt -> txt.text();
                            });
        }
        return text.toString();
    }
}

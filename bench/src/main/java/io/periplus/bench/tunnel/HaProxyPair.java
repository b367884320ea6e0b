package io.periplus.bench.tunnel;

import io.periplus.bench.contender.ConfigFile;
import io.periplus.bench.contender.Versions;
import io.periplus.bench.machine.BenchException;
import io.periplus.bench.machine.Cores;
import io.periplus.bench.machine.Descriptors;
import io.periplus.bench.machine.Probe;
import io.periplus.bench.machine.Program;
import io.periplus.bench.mesh.Authority;
import io.periplus.bench.mesh.PodNetwork;
import io.periplus.bench.mesh.Topology;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;

/**
 * A pair of HAProxy that does the same hop: TCP, redirected by the same rules, into TLS 1.3 with certificates of the same kind that
 * both sides check on every connection, and out again. As many threads as ztunnel has by default on two cores.
 */
record HaProxyPair(Path binary) implements Contender {
    private static final int REDIRECTED = 15001;
    private static final int TUNNEL = 15008;
    private static final int HEALTH = 15021;
    private static final String SUITE = "TLS_AES_128_GCM_SHA256";
    private static final int CONNECTIONS_MAX = 25_000;
    /** Besides those of connections. */
    private static final int DESCRIPTORS = 200;

    private static final String COMMON = """
            global
                nbthread 2
                maxconn %3$d
                ssl-default-bind-ciphersuites %1$s
                ssl-default-bind-options ssl-min-ver TLSv1.3
                ssl-default-bind-curves X25519
                ssl-default-server-ciphersuites %1$s
                ssl-default-server-options ssl-min-ver TLSv1.3
            defaults
                mode tcp
                timeout connect 10s
                timeout client 600s
                timeout server 600s
                timeout tunnel 600s
            frontend health
                mode http
                bind 127.0.0.1:%2$d
                http-request return status 200
            """.formatted(SUITE, HEALTH, connectionsMax());

    /** HAProxy does not start where it could not have two descriptors for each. */
    static int connectionsMax() {
        return Math.min(CONNECTIONS_MAX, (Descriptors.limit() - DESCRIPTORS) / 2);
    }

    @Override
    public String name() {
        return "haproxy";
    }

    @Override
    public String version() {
        return Versions.of(binary.toString(), "-v");
    }

    @Override
    public String addPod(PodNetwork network, String name, String address) {
        return network.addProxied(name, address);
    }

    @Override
    public Running start(Place place) {
        Authority authority = new Authority();
        Program client = launch("client", place, place.clientPod(), authority, """
                frontend app
                    bind 0.0.0.0:%d
                    default_backend peer
                backend peer
                    server one %s:%d ssl crt %%s ca-file %%s verify required no-ssl-reuse
                """.formatted(
                        REDIRECTED, place.slot().serverAddress(), TUNNEL));
        try {
            Program server =
                    launch("server", place, place.serverPod(), authority, """
                    frontend peer
                        bind 0.0.0.0:%d ssl crt %%s ca-file %%s verify required no-tls-tickets
                        default_backend app
                    backend app
                        server one 127.0.0.1:%d
                    """.formatted(TUNNEL, Topology.SERVER_PORT));
            return new Running(
                    place.slot().serverAddress(),
                    Topology.SERVER_PORT,
                    List.of(client, server),
                    List.of(client, server));
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /** @param proxies a configuration with places for the files of certificate and root */
    private Program launch(String side, Place place, String namespace, Authority authority, String proxies) {
        String name = "haproxy-" + side + "-" + place.slot().number();
        Path certificate = ConfigFile.write(place.directory(), name + ".pem", identity(authority, side));
        Path root = ConfigFile.write(place.directory(), name + "-root.pem", root(authority));
        Path file = ConfigFile.write(place.directory(), name + ".cfg", COMMON + proxies.formatted(certificate, root));
        Program program = Program.start(
                name,
                namespace,
                Cores.all(),
                place.directory(),
                Map.of(),
                List.of(binary.toString(), "-f", file.toString(), "-db"));
        try {
            Probe.await(namespace, "127.0.0.1", HEALTH, "health", "/", program, Duration.ofSeconds(20));
        } catch (RuntimeException e) {
            program.close();
            throw e;
        }
        return program;
    }

    private static String root(Authority authority) {
        try {
            return Authority.pem(authority.root());
        } catch (IOException e) {
            throw new BenchException("cannot write the root certificate: " + e.getMessage(), e);
        }
    }

    private static String identity(Authority authority, String side) {
        KeyPair key = Authority.newKey();
        GeneralNames names = new GeneralNames(
                new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://cluster.local/ns/bench/sa/" + side));
        try {
            return Authority.pem(
                    authority.issue(key.getPublic(), Extension.create(Extension.subjectAlternativeName, true, names)),
                    new JcaPKCS8Generator(key.getPrivate(), null).generate());
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new BenchException("cannot issue a certificate: " + e.getMessage(), e);
        }
    }
}

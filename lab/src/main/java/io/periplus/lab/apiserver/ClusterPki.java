package io.periplus.lab.apiserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A cluster's keys: the certificate authority, the key that signs service account tokens, the administrator's client
 * certificate. Kept as PEM files (keys readable by the owner only) in one directory.
 */
public final class ClusterPki {
    private static final Duration CA_VALIDITY = Duration.ofDays(3650);
    private static final Duration LEAF_VALIDITY = Duration.ofDays(365);

    private final Path directory;
    private final KeyPair caKey;
    private final X509Certificate ca;
    private final KeyPair tokenKey;
    private final ReentrantLock adminLock = new ReentrantLock();

    private ClusterPki(Path directory, KeyPair caKey, X509Certificate ca, KeyPair tokenKey) {
        this.directory = directory;
        this.caKey = caKey;
        this.ca = ca;
        this.tokenKey = tokenKey;
    }

    /** Reads the keys in {@code directory}, making those that are missing. */
    public static ClusterPki open(Path directory, String clusterName) throws IOException {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path caKeyFile = directory.resolve("ca.key");
        if (!Files.exists(caKeyFile)) {
            KeyPair key = Pem.newEcKey();
            X509Certificate certificate = Certificates.selfSigned(key, clusterName + "-ca", CA_VALIDITY);
            Pem.write(directory.resolve("ca.crt"), certificate, false);
            Pem.write(caKeyFile, key, true);
        }
        Path tokenKeyFile = directory.resolve("sa.key");
        if (!Files.exists(tokenKeyFile)) {
            Pem.write(tokenKeyFile, Pem.newEcKey(), true);
        }
        return new ClusterPki(
                directory,
                Pem.readKey(caKeyFile),
                Pem.readCertificate(directory.resolve("ca.crt")),
                Pem.readKey(tokenKeyFile));
    }

    /** The authority that all clients of the cluster trust. */
    public X509Certificate ca() {
        return ca;
    }

    /** {@link #ca()} as PEM, the content of {@code kube-root-ca.crt}. */
    public String caPem() {
        return Pem.encode(ca);
    }

    /** The P-256 key pair of service account tokens (ES256). */
    public KeyPair tokenKey() {
        return tokenKey;
    }

    /** A client certificate: user {@code commonName} in groups {@code organizations}. Not stored. */
    public Credentials issueClient(String commonName, List<String> organizations) {
        KeyPair key = Pem.newEcKey();
        return new Credentials(
                key, Certificates.client(caKey, ca, key.getPublic(), commonName, organizations, LEAF_VALIDITY));
    }

    /** A server certificate for the API server. Not stored: made afresh at every start. */
    public Credentials issueServer(List<String> dnsNames, List<InetAddress> addresses) {
        KeyPair key = Pem.newEcKey();
        return new Credentials(
                key, Certificates.server(caKey, ca, key.getPublic(), dnsNames, addresses, LEAF_VALIDITY));
    }

    /**
     * The administrator's certificate (user {@code kubernetes-admin}, group {@code system:masters}), stored on first
     * use. Its key is RSA: some clients cannot read elliptic curve keys from a kubeconfig.
     */
    public Credentials admin() {
        adminLock.lock();
        try {
            Path keyFile = directory.resolve("admin.key");
            Path certificateFile = directory.resolve("admin.crt");
            if (!Files.exists(keyFile)) {
                KeyPair key = Pem.newRsaKey();
                Pem.write(
                        certificateFile,
                        Certificates.client(
                                caKey,
                                ca,
                                key.getPublic(),
                                "kubernetes-admin",
                                List.of("system:masters"),
                                CA_VALIDITY),
                        false);
                Pem.write(keyFile, key, true);
            }
            return new Credentials(Pem.readKey(keyFile), Pem.readCertificate(certificateFile));
        } catch (IOException e) {
            throw new UncheckedIOException("administrator's certificate in " + directory, e);
        } finally {
            adminLock.unlock();
        }
    }

    /** A key with its certificate. */
    public record Credentials(KeyPair key, X509Certificate certificate) {
        public String keyPem() {
            return Pem.encode(key);
        }

        public String certificatePem() {
            return Pem.encode(certificate);
        }
    }
}

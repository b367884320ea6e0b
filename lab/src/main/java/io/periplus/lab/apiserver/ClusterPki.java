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
    private static final Duration RENEWAL = Duration.ofDays(30);

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
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path caKeyFile = directory.resolve("ca.key");
        if (!Files.exists(caKeyFile)) {
            KeyPair key = Pem.newEcKey();
            X509Certificate certificate = Certificates.selfSigned(key, clusterName + "-ca", CA_VALIDITY);
            Pem.write(directory.resolve("ca.crt"), Pem.encode(certificate), false);
            Pem.writeKey(caKeyFile, key);
        }
        Path tokenKeyFile = directory.resolve("sa.key");
        if (!Files.exists(tokenKeyFile)) {
            Pem.writeKey(tokenKeyFile, Pem.newEcKey());
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

    /**
     * The API server's certificate for these names and addresses: the stored one if it has them all and is good for a
     * month, else a new one.
     */
    public Credentials server(List<String> dnsNames, List<InetAddress> addresses) throws IOException {
        Path keyFile = directory.resolve("server.key");
        Path certificateFile = directory.resolve("server.crt");
        if (Files.exists(keyFile)) {
            X509Certificate stored = Pem.readCertificate(certificateFile);
            if (Certificates.covers(stored, dnsNames, addresses, RENEWAL)) {
                return new Credentials(Pem.readKey(keyFile), stored);
            }
        }
        KeyPair key = Pem.newEcKey();
        X509Certificate certificate =
                Certificates.server(caKey, ca, key.getPublic(), dnsNames, addresses, LEAF_VALIDITY);
        Pem.write(certificateFile, Pem.encode(certificate), false);
        Pem.writeKey(keyFile, key);
        return new Credentials(key, certificate);
    }

    /**
     * The administrator's certificate and key as PEM (user {@code kubernetes-admin}, group {@code system:masters}),
     * stored on first use. The key is RSA in the traditional format: some clients cannot read others from a kubeconfig.
     */
    public AdminCredentials admin() {
        adminLock.lock();
        try {
            Path keyFile = directory.resolve("admin.key");
            Path certificateFile = directory.resolve("admin.crt");
            if (!Files.exists(keyFile)) {
                KeyPair key = Pem.newRsaKey();
                X509Certificate certificate = Certificates.client(
                        caKey, ca, key.getPublic(), "kubernetes-admin", List.of("system:masters"), CA_VALIDITY);
                Pem.write(certificateFile, Pem.encode(certificate), false);
                Pem.write(keyFile, Pem.encode(key), true);
            }
            return new AdminCredentials(Files.readString(keyFile), Files.readString(certificateFile));
        } catch (IOException e) {
            throw new UncheckedIOException("administrator's certificate in " + directory, e);
        } finally {
            adminLock.unlock();
        }
    }

    /** PEM texts for a kubeconfig. */
    public record AdminCredentials(String keyPem, String certificatePem) {}

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

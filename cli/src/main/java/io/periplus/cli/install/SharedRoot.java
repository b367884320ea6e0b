package io.periplus.cli.install;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.CliException;
import io.periplus.cli.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Map;

/** The root authority that the clusters of a mesh share: {@code root-cert.pem} and {@code root-key.pem} of a directory. */
public final class SharedRoot {
    /** The Secret that holds a cluster's own authority, by the name that Istio gives it. */
    static final String SECRET = "cacerts";

    private static final String ORGANIZATION = "periplus";

    private final CertificateAuthority authority;

    private SharedRoot(CertificateAuthority authority) {
        this.authority = authority;
    }

    /**
     * Reads the root of a directory, or makes one there.
     *
     * @throws CliException if the directory holds half a root, or one that cannot be read
     */
    public static SharedRoot in(Path directory) {
        Path certificate = directory.resolve("root-cert.pem");
        Path key = directory.resolve("root-key.pem");
        try {
            if (Files.exists(certificate) != Files.exists(key)) {
                throw new CliException(directory + " needs both root-cert.pem and root-key.pem, or neither");
            }
            if (!Files.exists(certificate)) {
                create(directory, certificate, key);
            }
            return new SharedRoot(CertificateAuthority.parse(Files.readString(certificate), Files.readString(key)));
        } catch (IOException | GeneralSecurityException e) {
            throw new CliException("the root authority in " + directory + " cannot be used: " + e.getMessage());
        }
    }

    private static void create(Path directory, Path certificate, Path key)
            throws IOException, GeneralSecurityException {
        CertificateAuthority made = CertificateAuthority.createRoot(ORGANIZATION);
        Files.createDirectories(directory);
        Files.deleteIfExists(key);
        Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(key, made.keyPem());
        Files.writeString(certificate, made.certificatePem());
    }

    /** A new authority for a cluster, below this root, as the Secret that the control plane reads. */
    JsonNode secret(String namespace, String cluster) {
        CertificateAuthority intermediate;
        try {
            intermediate = authority.createIntermediate(ORGANIZATION, cluster);
        } catch (GeneralSecurityException e) {
            throw new CliException("no authority for the cluster " + cluster + " could be made: " + e.getMessage());
        }
        return Json.tree(Map.of(
                "apiVersion", "v1",
                "kind", "Secret",
                "metadata", Map.of("name", SECRET, "namespace", namespace),
                "type", "Opaque",
                "stringData",
                        Map.of(
                                "ca-cert.pem", intermediate.certificatePem(),
                                "ca-key.pem", intermediate.keyPem(),
                                "cert-chain.pem", intermediate.certificatePem(),
                                "root-cert.pem", authority.certificatePem())));
    }
}

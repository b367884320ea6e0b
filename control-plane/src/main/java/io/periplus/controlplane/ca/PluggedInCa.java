package io.periplus.controlplane.ca;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** The Secret {@code cacerts} as mounted files: all four of them, or none. */
public final class PluggedInCa {
    private static final List<String> FILES = List.of("ca-cert.pem", "ca-key.pem", "root-cert.pem", "cert-chain.pem");

    private PluggedInCa() {}

    /**
     * Loads the bundle; empty when none of the files is there.
     *
     * @throws CaException when only some are there, or they do not fit each other
     */
    public static Optional<SigningBundle> load(Path directory) throws CaException {
        List<String> missing = FILES.stream()
                .filter(name -> !Files.isReadable(directory.resolve(name)))
                .toList();
        if (missing.size() == FILES.size()) {
            return Optional.empty();
        }
        if (!missing.isEmpty()) {
            throw new CaException(directory + ": incomplete, missing " + String.join(", ", missing)
                    + " (a plugged-in CA needs all of " + String.join(", ", FILES) + ")");
        }
        List<X509Certificate> signer = Pem.certificates("ca-cert.pem", read(directory, "ca-cert.pem"));
        if (signer.isEmpty()) {
            throw new CaException("ca-cert.pem: holds no certificate");
        }
        return Optional.of(SigningBundle.of(
                Pem.privateKey("ca-key.pem", read(directory, "ca-key.pem")),
                signer.getFirst(),
                Pem.certificates("cert-chain.pem", read(directory, "cert-chain.pem")),
                read(directory, "root-cert.pem")));
    }

    private static String read(Path directory, String name) throws CaException {
        try {
            return Files.readString(directory.resolve(name));
        } catch (IOException e) {
            throw new CaException(directory.resolve(name) + ": cannot be read: " + e.getMessage(), e);
        }
    }
}

package io.periplus.dataplane.admin.coding;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Brotli by its native library, for which the temporary directory has to allow files that are executed. */
final class Brotli {
    /** Where the library's own loader looks before it unpacks a file under a name that others can guess. */
    private static final String LIBRARY_PATH = "brotli4j.library.path";
    /** Smaller and quicker than gzip's default; higher ones take many times as long. */
    private static final int QUALITY = 4;
    /** 256 KiB, more than most pages have; the encoder's tables grow with it. */
    private static final int WINDOW_BITS = 18;

    private Brotli() {}

    /**
     * Loads the native library, from where the property says, or else from its jar.
     *
     * @throws IOException if there is none for this platform, or it cannot be unpacked and mapped
     */
    static void load() throws IOException {
        if (System.getProperty(LIBRARY_PATH) != null) {
            link(LIBRARY_PATH);
            return;
        }
        String resource = "/lib/linux-" + architecture() + "/libbrotli.so";
        Path directory = Files.createTempDirectory("brotli"); // its owner's alone
        Path library = directory.resolve("libbrotli.so");
        try (InputStream packed = Brotli4jLoader.class.getResourceAsStream(resource)) {
            if (packed == null) {
                throw new IOException("there is no native library for this platform (" + resource + ")");
            }
            Files.copy(packed, library);
            System.setProperty(LIBRARY_PATH, library.toString());
            link("java.io.tmpdir");
        } finally {
            System.clearProperty(LIBRARY_PATH);
            // what is mapped stays
            Files.deleteIfExists(library);
            Files.delete(directory);
        }
    }

    /** @param setting which says where the library is */
    private static void link(String setting) throws IOException {
        if (!Brotli4jLoader.isAvailable()) {
            throw new IOException(
                    "its native library cannot be mapped from %s, %s (expected: a file system not mounted noexec): %s"
                            .formatted(setting, System.getProperty(setting), Brotli4jLoader.getUnavailabilityCause()));
        }
    }

    static OutputStream encoder(OutputStream out) throws IOException {
        return new BrotliOutputStream(out, Encoder.Parameters.create(QUALITY, WINDOW_BITS));
    }

    private static String architecture() {
        String name = System.getProperty("os.arch");
        return name.equals("amd64") ? "x86_64" : name;
    }
}

package io.periplus.dataplane.admin.coding;

import io.airlift.compress.zstd.ZstdCompressor;
import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A content coding (RFC 9110, section 8.4.1), the preferred ones first. Libraries are loaded when a client first asks for
 * what they write; one that cannot be loaded on this platform is said so once and not offered again.
 */
public enum ContentCoding {
    /** RFC 8878, written in Java. */
    ZSTD("zstd"),
    /** RFC 7932, by a native library. */
    BR("br"),
    /** RFC 1952. */
    GZIP("gzip"),
    /** RFC 1950, the format that HTTP calls so. */
    DEFLATE("deflate"),
    /** As it is. */
    IDENTITY("identity");

    private static final Logger LOG = LoggerFactory.getLogger(ContentCoding.class);

    private final String token;
    private @Nullable Boolean usable;

    ContentCoding(String token) {
        this.token = token;
    }

    /** Its name in {@code Content-Encoding}. */
    public String token() {
        return token;
    }

    /** Whether it can be written on this platform. The first call loads what that takes. */
    public synchronized boolean usable() {
        if (usable == null) {
            usable = load();
        }
        return usable;
    }

    /** The body in this coding. */
    public byte[] encode(byte[] body) throws IOException {
        if (this == IDENTITY) {
            return body;
        }
        if (this == ZSTD) {
            return zstd(body);
        }
        ByteArrayOutputStream coded = new ByteArrayOutputStream(body.length / 8);
        try (OutputStream out = encoder(coded)) {
            out.write(body);
        }
        return coded.toByteArray();
    }

    /** Codes what is written to it, for bodies that had better not be there as a whole; to be closed. */
    public OutputStream encoder(OutputStream out) throws IOException {
        return switch (this) {
            case ZSTD -> new ZstdOutputStream(out);
            case BR -> Brotli.encoder(out);
            case GZIP -> new GZIPOutputStream(out);
            case DEFLATE -> new DeflaterOutputStream(out);
            case IDENTITY -> out;
        };
    }

    /** In one piece: the library's stream takes 1.6 MB, however small the body is. */
    private static byte[] zstd(byte[] body) {
        ZstdCompressor compressor = new ZstdCompressor();
        byte[] coded = new byte[compressor.maxCompressedLength(body.length)];
        return Arrays.copyOf(coded, compressor.compress(body, 0, body.length, coded, 0, coded.length));
    }

    private boolean load() {
        try {
            if (this == BR) {
                Brotli.load();
            }
            encode(new byte[1]);
            return true;
        } catch (IOException | RuntimeException | LinkageError e) {
            LOG.warn(
                    "answers cannot be compressed with {} here, another coding takes its place: {}",
                    token,
                    e.toString());
            return false;
        }
    }
}

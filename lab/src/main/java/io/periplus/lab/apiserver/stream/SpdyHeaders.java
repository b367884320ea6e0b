package io.periplus.lab.apiserver.stream;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Header blocks of SPDY/3: name and value pairs, compressed with the dictionary of the specification. One per
 * connection, because every block builds on those before it.
 */
final class SpdyHeaders implements AutoCloseable {
    private static final int BLOCK_MAX = 16 * 1024;
    private static final byte[] DICTIONARY = dictionary();

    private final Inflater inflater = new Inflater();
    private final Deflater deflater = new Deflater();

    SpdyHeaders() {
        deflater.setDictionary(DICTIONARY);
    }

    Map<String, String> read(byte[] block) throws IOException {
        inflater.setInput(block);
        byte[] plain = new byte[BLOCK_MAX];
        int length = 0;
        try {
            while (!inflater.needsInput() || length == 0) {
                int count = inflater.inflate(plain, length, plain.length - length);
                length += count;
                if (count == 0) {
                    if (!inflater.needsDictionary()) {
                        break;
                    }
                    inflater.setDictionary(DICTIONARY);
                }
            }
            ByteBuffer in = ByteBuffer.wrap(plain, 0, length);
            Map<String, String> headers = new LinkedHashMap<>();
            for (int left = in.getInt(); left > 0; left--) {
                headers.put(text(in), text(in));
            }
            return headers;
        } catch (DataFormatException | BufferUnderflowException | IllegalArgumentException e) {
            throw new IOException("broken SPDY header block", e);
        }
    }

    private static String text(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A block without headers. */
    byte[] empty() {
        deflater.setInput(new byte[4]);
        byte[] packed = new byte[64];
        int length = deflater.deflate(packed, 0, packed.length, Deflater.SYNC_FLUSH);
        return Arrays.copyOf(packed, length);
    }

    private static byte[] dictionary() {
        String words = "options head post put delete trace accept accept-charset accept-encoding accept-language"
                + " accept-ranges age allow authorization cache-control connection content-base content-encoding"
                + " content-language content-length content-location content-md5 content-range content-type date etag"
                + " expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since"
                + " last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer"
                + " retry-after server te trailer transfer-encoding upgrade user-agent vary via warning"
                + " www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie keep-alive origin";
        String rest = "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203"
                + " Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403"
                + " Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar"
                + " Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,"
                + "text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,"
                + "text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (String word : words.split(" ")) {
                byte[] text = word.replace('_', ' ').getBytes(StandardCharsets.US_ASCII);
                out.writeInt(text.length);
                out.write(text);
            }
            out.write(rest.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        inflater.end();
        deflater.end();
    }
}

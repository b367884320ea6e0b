package io.periplus.dataplane.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of one HTTP/1.1 message after the other from the bytes of a connection (RFC 9112 §6, §7).
 *
 * <pre>
 * LENGTH --so many bytes--> ENDED
 * SIZE --"5"--> EXTENSION --CR--> SIZE_LF --LF--> DATA --5 bytes--> DATA_CR --> DATA_LF --> SIZE
 * SIZE --"0"--> EXTENSION ... --LF--> TRAILERS --empty line--> ENDED
 * UNTIL_CLOSE stays as it is
 * </pre>
 */
final class Http1Body {
    private static final int SIZE_DIGITS_MAX = 15;

    /** No known program uses extensions; what nobody understands need not be long. */
    private static final int EXTENSION_BYTES_MAX = 1024;

    private enum Part {
        LENGTH,
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILERS,
        UNTIL_CLOSE,
        ENDED
    }

    private final HeadBytes trailerBytes = new HeadBytes();
    private Part part = Part.ENDED;
    private long left;
    private int digits;
    private int extension;
    private HttpFields trailers = new HttpFields(0);

    /** Begins a body. */
    void begin(long framing) {
        if (framing == Framing.CHUNKED) {
            part = Part.SIZE;
            left = 0;
            digits = 0;
            if (!trailers.isEmpty()) {
                trailers = new HttpFields(0);
            }
        } else if (framing == Framing.UNTIL_CLOSE) {
            part = Part.UNTIL_CLOSE;
        } else {
            left = framing;
            part = framing == 0 ? Part.ENDED : Part.LENGTH;
        }
    }

    boolean ended() {
        return part == Part.ENDED;
    }

    boolean endsWithConnection() {
        return part == Part.UNTIL_CLOSE;
    }

    /** What stood after the last chunk. */
    HttpFields trailers() {
        return trailers;
    }

    /**
     * The next piece of the body.
     *
     * @return null when more bytes have to come, or when the body has {@link #ended()}; what is returned is the caller's
     * @throws RequestException if the framing is broken, after which nothing may be read any more
     */
    @Nullable
    ByteBuf read(ByteBuf in) {
        switch (part) {
            case LENGTH -> {
                ByteBuf data = data(in);
                if (left == 0) {
                    part = Part.ENDED;
                }
                return data;
            }
            case UNTIL_CLOSE -> {
                return in.isReadable() ? in.readRetainedSlice(in.readableBytes()) : null;
            }
            case ENDED -> {
                return null;
            }
            default -> {
                return chunks(in);
            }
        }
    }

    private @Nullable ByteBuf data(ByteBuf in) {
        int count = (int) Math.min(left, in.readableBytes());
        if (count == 0) {
            return null;
        }
        left -= count;
        return in.readRetainedSlice(count);
    }

    /** A piece of the current chunk; reads on behind it so that the last piece of a body shows as such. */
    private @Nullable ByteBuf chunks(ByteBuf in) {
        framing(in);
        if (part != Part.DATA) {
            return null;
        }
        ByteBuf data = data(in);
        if (left == 0) {
            part = Part.DATA_CR;
        }
        if (data != null) {
            try {
                framing(in);
            } catch (RequestException broken) {
                data.release();
                throw broken;
            }
        }
        return data;
    }

    /** Reads everything that is not data. */
    private void framing(ByteBuf in) {
        while (part != Part.DATA && part != Part.ENDED) {
            if (part == Part.TRAILERS) {
                readTrailers(in);
                return;
            }
            if (!in.isReadable()) {
                return;
            }
            step(in.readByte());
        }
    }

    private void step(byte next) {
        switch (part) {
            case SIZE -> size(next);
            case EXTENSION -> extension(next);
            case SIZE_LF -> {
                expect(next, '\n');
                part = left == 0 ? Part.TRAILERS : Part.DATA;
            }
            case DATA_CR -> {
                expect(next, '\r');
                part = Part.DATA_LF;
            }
            case DATA_LF -> {
                expect(next, '\n');
                part = Part.SIZE;
                digits = 0;
            }
            default -> throw new IllegalStateException(part.name());
        }
    }

    private void size(byte next) {
        int digit = Character.digit(next, 16);
        if (digit >= 0 && digits < SIZE_DIGITS_MAX) {
            left = left << 4 | digit;
            digits++;
        } else if (digits == 0 || digit >= 0) {
            throw new RequestException(RequestError.BAD_CHUNK);
        } else {
            extension = 0;
            part = Part.EXTENSION;
            if (next != '\r' && next != ';' && next != ' ' && next != '\t') {
                throw new RequestException(RequestError.BAD_CHUNK);
            }
            extension(next);
        }
    }

    private void extension(byte next) {
        if (next == '\r') {
            part = Part.SIZE_LF;
        } else if (!FieldSyntax.VALUE[next & 0xff] || ++extension > EXTENSION_BYTES_MAX) {
            throw new RequestException(RequestError.BAD_CHUNK);
        }
    }

    private static void expect(byte next, char expected) {
        if (next != expected) {
            throw new RequestException(RequestError.BAD_CHUNK);
        }
    }

    private void readTrailers(ByteBuf in) {
        if (in.readableBytes() >= 2
                && in.getByte(in.readerIndex()) == '\r'
                && in.getByte(in.readerIndex() + 1) == '\n') {
            in.skipBytes(2);
            part = Part.ENDED;
            return;
        }
        byte[] section = trailerBytes.take(in);
        if (section != null) {
            HttpFields read = new HttpFields();
            FieldLines.read(section, 0, read);
            trailers = read;
            part = Part.ENDED;
        }
    }
}

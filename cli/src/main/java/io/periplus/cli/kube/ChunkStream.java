package io.periplus.cli.kube;

import java.io.IOException;
import java.io.InputStream;

/** A stream over chunks; an empty chunk is the end. */
final class ChunkStream extends InputStream {
    /** Gives the next chunk, waiting for it. */
    @FunctionalInterface
    interface Source {
        byte[] next() throws IOException;
    }

    private final Source source;
    private byte[] chunk = new byte[0];
    private int position;
    private boolean ended;

    ChunkStream(Source source) {
        this.source = source;
    }

    @Override
    public int read() throws IOException {
        return fill() ? chunk[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, chunk.length - position);
        System.arraycopy(chunk, position, target, offset, count);
        position += count;
        return count;
    }

    private boolean fill() throws IOException {
        if (position < chunk.length) {
            return true;
        }
        if (!ended) {
            chunk = source.next();
            position = 0;
            ended = chunk.length == 0;
        }
        return !ended;
    }
}

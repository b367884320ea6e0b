package io.periplus.lab.apiserver.stream;

import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** What the client sends as standard input. The sender waits when the reader is behind. */
final class StdinPipe extends InputStream {
    /** Messages of at most 64 KiB each: enough to keep a reader busy, small enough for many sessions. */
    private static final int MESSAGES_MAX = 16;

    private static final byte[] END = {};

    private final BlockingQueue<byte[]> messages = new ArrayBlockingQueue<>(MESSAGES_MAX);
    private byte[] current = {};
    private int position;
    private volatile boolean ended;
    private volatile boolean closed;

    /** Called by the connection. Blocks while the pipe is full. */
    void offer(byte[] message) throws InterruptedException {
        if (!ended && !closed && message.length > 0) {
            messages.put(message);
        }
    }

    /** No more input. */
    void end() throws InterruptedException {
        if (!ended) {
            ended = true;
            if (!closed) {
                messages.put(END);
            }
        }
    }

    @Override
    public int read() throws InterruptedIOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws InterruptedIOException {
        if (length == 0) {
            return 0;
        }
        if (position == current.length) {
            if (position > 0 || current != END) {
                current = take();
                position = 0;
            }
            if (current == END) {
                return -1;
            }
        }
        int count = Math.min(length, current.length - position);
        System.arraycopy(current, position, bytes, offset, count);
        position += count;
        return count;
    }

    private byte[] take() throws InterruptedIOException {
        try {
            return messages.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for standard input");
        }
    }

    @Override
    public int available() {
        return current.length - position;
    }

    /** The reader wants no more: what still comes is dropped. */
    @Override
    public void close() {
        closed = true;
        messages.clear();
    }
}

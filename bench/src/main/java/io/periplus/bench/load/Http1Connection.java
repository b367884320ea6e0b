package io.periplus.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;

/** One request at a time; answers need a Content-Length. */
final class Http1Connection extends ClientConnection {
    private static final AsciiString LENGTH = AsciiString.cached("content-length:");
    private static final int STATUS_AT = 9;

    private final Requests requests;
    private boolean waiting;
    private long startNanos;
    private boolean ok;
    private int status;
    private long bodyLeft = -1;

    Http1Connection(LoadRun run, Requests requests) {
        super(run);
        this.requests = requests;
    }

    @Override
    int slots() {
        return 1;
    }

    @Override
    int unanswered() {
        return waiting ? 1 : 0;
    }

    @Override
    void send(long startNanos) {
        this.startNanos = startNanos;
        waiting = true;
        write(requests.nextHttp1());
    }

    @Override
    void read(ByteBuf in) {
        while (in.isReadable() && waiting) {
            if (bodyLeft < 0 && !readHead(in)) {
                return;
            }
            int part = (int) Math.min(bodyLeft, in.readableBytes());
            in.skipBytes(part);
            bodyLeft -= part;
            if (bodyLeft == 0) {
                bodyLeft = -1;
                end();
            }
        }
    }

    private void end() {
        waiting = false;
        if (ok) {
            run.answered(this, startNanos);
        } else {
            run.refused(this, "answer with status " + status);
        }
    }

    /** False when the head is not whole yet. */
    private boolean readHead(ByteBuf in) {
        int line = in.readerIndex();
        int end = in.writerIndex();
        long length = -1;
        while (true) {
            int feed = in.indexOf(line, end, (byte) '\n');
            if (feed < 0) {
                return false;
            }
            if (feed - line <= 1) {
                status = digits(in, in.readerIndex() + STATUS_AT);
                ok = status == 200;
                in.readerIndex(feed + 1);
                if (length < 0) {
                    broken("an answer without Content-Length, status " + status);
                    return false;
                }
                bodyLeft = length;
                return true;
            }
            if (isLength(in, line, feed)) {
                length = Long.parseLong(
                        in.toString(line + LENGTH.length(), feed - line - LENGTH.length(), StandardCharsets.US_ASCII)
                                .trim());
            }
            line = feed + 1;
        }
    }

    private static boolean isLength(ByteBuf in, int from, int to) {
        if (to - from <= LENGTH.length() || in.getByte(from + LENGTH.length() - 1) != ':') {
            return false;
        }
        for (int i = 0; i < LENGTH.length() - 1; i++) {
            if ((in.getByte(from + i) | 0x20) != (LENGTH.byteAt(i) | 0x20)) {
                return false;
            }
        }
        return true;
    }

    private static int digits(ByteBuf in, int at) {
        return (in.getByte(at) - '0') * 100 + (in.getByte(at + 1) - '0') * 10 + in.getByte(at + 2) - '0';
    }
}

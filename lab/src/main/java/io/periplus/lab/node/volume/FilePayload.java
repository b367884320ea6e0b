package io.periplus.lab.node.volume;

import java.util.Arrays;

/** A file of a volume: its bytes and permission bits. */
record FilePayload(byte[] content, int mode) {
    @Override
    public boolean equals(Object other) {
        return other instanceof FilePayload(byte[] bytes, int otherMode)
                && mode == otherMode
                && Arrays.equals(content, bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content) * 31 + mode;
    }
}

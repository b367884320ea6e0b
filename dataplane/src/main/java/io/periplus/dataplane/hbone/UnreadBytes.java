package io.periplus.dataplane.hbone;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.internal.PlatformDependent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes that one connection has received and its tunnels have not taken yet. Flow control bounds them by the
 * connection window; that many connections with readers that stand still do not use up the memory of all, the
 * connections with much unread are not read any further while memory is short. TCP then holds their senders back, and
 * the keepalive ends those that stay stuck.
 */
final class UnreadBytes {
    private static final Logger LOG = LoggerFactory.getLogger(UnreadBytes.class);
    /** A connection with less goes on: a thousand like it fill the direct memory of a proxy, not sixty-four. */
    private static final long MUCH = 64 << 10;

    private static final long LITTLE = MUCH / 2;

    private final double memoryShare;
    private final ReadGate gate = new ReadGate();
    private long bytes;
    /** More than this is the next occasion to ask for the memory, which is not done with every frame. */
    private long lookAt = MUCH;

    /** @param memoryShare of the direct memory, beyond which it counts as short */
    UnreadBytes(double memoryShare) {
        this.memoryShare = memoryShare;
    }

    /** To be placed below the session. */
    ReadGate gate() {
        return gate;
    }

    long bytes() {
        return bytes;
    }

    void add(ChannelHandlerContext session, int more) {
        bytes += more;
        if (bytes <= lookAt || gate.isClosed()) {
            return;
        }
        lookAt = bytes + MUCH;
        if (isShort(session.alloc())) {
            LOG.debug("{}: {} bytes unread and memory is short; not reading", session.channel(), bytes);
            gate.close(session);
        }
    }

    void remove(ChannelHandlerContext session, int taken) {
        bytes -= taken;
        if (bytes < LITTLE) {
            lookAt = MUCH;
            if (gate.isClosed()) {
                gate.open(session);
            }
        }
    }

    private boolean isShort(ByteBufAllocator allocator) {
        return allocator instanceof ByteBufAllocatorMetricProvider provider
                && provider.metric().usedDirectMemory() >= memoryShare * PlatformDependent.maxDirectMemory();
    }
}

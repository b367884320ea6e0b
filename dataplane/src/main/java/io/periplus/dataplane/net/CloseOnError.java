package io.periplus.dataplane.net;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends a plain TCP connection whose socket reports an error, also before a relay has taken it over. */
@Sharable
public final class CloseOnError extends ChannelInboundHandlerAdapter {
    /** It has no state. */
    public static final CloseOnError HANDLER = new CloseOnError();

    private static final Logger LOG = LoggerFactory.getLogger(CloseOnError.class);

    private CloseOnError() {}

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("{}: {}", ctx.channel(), cause.toString());
        ctx.close();
    }
}

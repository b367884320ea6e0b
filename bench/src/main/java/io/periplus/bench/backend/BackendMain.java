package io.periplus.bench.backend;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;

/**
 * The server behind the proxies: HTTP/1.1, GET requests without a body. A path that begins with {@value #BIG} gets 64 KiB,
 * any other a few bytes. A connection that begins with one of {@link BulkStream}'s bytes is a stream of bytes. Arguments: address and port. Ends with its input.
 */
public final class BackendMain {
    /** What a path begins with, after the prefix of a route, that asks for 64 KiB. */
    public static final String BIG = "/big";

    public static final String READY = "ready";

    private BackendMain() {}

    public static void main(String[] args) throws IOException {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("backend", true), EpollIoHandler.newFactory());
        new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new FirstByte());
                    }
                })
                .bind(args[0], Integer.parseInt(args[1]))
                .syncUninterruptibly();
        System.out.println(READY);
        while (System.in.read() >= 0) {
            // Until whoever started this has gone.
        }
    }
}

package io.periplus.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The generator's process. Each line of its input is a {@link LoadPlan}; it answers {@link #BEGIN} when the measured time
 * begins, {@link #END} when it ends, and then a {@link LoadResult}. It ends with its input.
 */
public final class LoadMain {
    public static final String BEGIN = "begin";
    public static final String END = "end";

    private LoadMain() {}

    public static void main(String[] args) throws IOException {
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("load", true), EpollIoHandler.newFactory());
        EventLoop loop = group.next();
        ObjectMapper json = new ObjectMapper();
        BufferedReader plans = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line;
        while ((line = plans.readLine()) != null) {
            LoadRun run = new LoadRun(loop, json.readValue(line, LoadPlan.class), System.out::println);
            System.out.println(json.writeValueAsString(run.run()));
        }
    }
}

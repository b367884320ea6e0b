package io.periplus.ztunnel.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.periplus.dataplane.net.EpollLoops;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names that nobody counts are not kept beyond the bound. */
@Timeout(20)
final class BoundedCacheTest {
    private static final InetAddress ADDRESS = InetAddress.ofLiteral("192.0.2.7");

    @Test
    void theNamesThatWereAnsweredLastAreKeptAndNoOthers() throws Exception {
        var loops = EpollLoops.newGroup("test", 1);
        EventLoop loop = loops.next();
        BoundedCache cache = new BoundedCache(100, 3600, 5);
        try {
            loop.submit(() -> {
                        for (int i = 0; i < 150; i++) {
                            cache.cache(name(i), null, ADDRESS, 3600, loop);
                            cache.cache(name(i), null, ADDRESS, 3600, loop);
                        }
                        for (int i = 150; i < 200; i++) {
                            cache.cache(name(i), null, new IllegalStateException("no such name"), loop);
                        }
                    })
                    .sync();

            for (int i = 0; i < 200; i++) {
                assertThat(cache.get(name(i), null) != null).as(name(i)).isEqualTo(i >= 100);
            }
            assertThat(cache.get(name(149), null)).hasSize(1);
        } finally {
            cache.clear();
            loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private static String name(int i) {
        return "n" + i + ".example.";
    }
}

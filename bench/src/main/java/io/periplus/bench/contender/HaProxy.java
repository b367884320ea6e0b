package io.periplus.bench.contender;

import io.periplus.bench.machine.Program;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** HAProxy with one thread. Routes are a map of prefixes, which it keeps as a tree. */
public record HaProxy(Path binary) implements Contender {
    @Override
    public String name() {
        return "haproxy";
    }

    @Override
    public String version() {
        return Versions.of(binary.toString(), "-v");
    }

    @Override
    public Program start(Place place) {
        StringBuilder map = new StringBuilder();
        for (int i = 0; i < place.rules().routes(); i++) {
            map.append("/r%d/ backend%n".formatted(i));
        }
        Path routes = ConfigFile.write(place.directory(), "routes.map", map);
        String rule =
                place.rules().routes() == 0 ? "" : "    use_backend %%[path,map_beg(%s,backend)]%n".formatted(routes);
        Path file = ConfigFile.write(place.directory(), "haproxy.cfg", """
                global
                    nbthread 1
                    maxconn 4096
                    tune.h2.max-concurrent-streams 256
                defaults
                    mode http
                    http-reuse always
                    timeout connect 5s
                    timeout client 600s
                    timeout server 600s
                    timeout http-keep-alive 600s
                frontend plain
                    bind 127.0.0.1:%d
                    bind 127.0.0.1:%d proto h2
                %s    default_backend backend
                backend backend
                    server one 127.0.0.1:%d pool-max-conn 512
                """.formatted(
                        place.port(), place.http2Port(), rule, place.backendPort()));
        return Program.start(
                "haproxy",
                place.namespace(),
                place.core(),
                place.directory(),
                Map.of(),
                List.of(binary.toString(), "-f", file.toString(), "-db"));
    }
}

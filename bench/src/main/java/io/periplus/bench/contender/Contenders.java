package io.periplus.bench.contender;

import io.periplus.bench.machine.Commands;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Who takes part. */
public final class Contenders {
    private Contenders() {}

    /** Periplus and those whose programs are on this machine. */
    public static List<Contender> installed() {
        List<Contender> all = new ArrayList<>();
        Path nginx = Commands.find("nginx");
        if (nginx != null) {
            all.add(new Nginx(nginx));
        }
        Path haproxy = Commands.find("haproxy");
        if (haproxy != null) {
            all.add(new HaProxy(haproxy));
        }
        Path envoy = Commands.find("envoy");
        if (envoy != null) {
            all.add(new Envoy(envoy));
        }
        all.add(new PeriplusGateway(Map.of()));
        return all;
    }
}

package io.periplus.bench.contender;

import io.periplus.bench.machine.Commands;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who takes part. */
public final class Contenders {
    private Contenders() {}

    /**
     * Periplus and those whose programs are on this machine.
     *
     * @param against the directory of another build of Periplus; null for none
     */
    public static List<Contender> installed(@Nullable Path against) {
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
        all.add(PeriplusGateway.own(Map.of()));
        if (against != null) {
            all.add(new PeriplusGateway(Periplus.OTHER, Periplus.otherHome(against), Map.of()));
        }
        return all;
    }
}

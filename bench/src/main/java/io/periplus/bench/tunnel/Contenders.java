package io.periplus.bench.tunnel;

import io.periplus.bench.contender.Periplus;
import io.periplus.bench.contender.Periplus.Role;
import io.periplus.bench.contender.Versions;
import io.periplus.bench.machine.BenchException;
import io.periplus.bench.machine.Commands;
import io.periplus.bench.machine.Program;
import io.periplus.bench.mesh.Topology;
import io.periplus.bench.mesh.ZtunnelNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who takes part.
 *
 * @param present in the order of the table
 * @param absent names, and why
 */
record Contenders(List<Contender> present, Map<String, String> absent) {
    static final String UPSTREAM = "PERIPLUS_BENCH_ZTUNNEL";

    /** @param against the directory of another build of Periplus, {@code null} for none */
    static Contenders find(@Nullable Path against) {
        List<Contender> present = new ArrayList<>();
        Map<String, String> absent = new LinkedHashMap<>();
        present.add(new NoMesh());
        present.add(periplus("periplus", Periplus.home()));
        if (against != null) {
            present.add(periplus(Periplus.OTHER, Periplus.otherHome(against)));
        }
        Path haproxy = Commands.find("haproxy");
        if (haproxy == null) {
            absent.put("haproxy", "not installed (Debian: apt-get install haproxy)");
        } else {
            present.add(new HaProxyPair(haproxy));
        }
        String upstream = System.getenv(UPSTREAM);
        if (upstream == null || upstream.isEmpty()) {
            absent.put("ztunnel", UPSTREAM + " names no binary of upstream's ztunnel");
        } else if (!Files.isExecutable(Path.of(upstream))) {
            throw new BenchException("%s=%s: no such program".formatted(UPSTREAM, upstream));
        } else {
            present.add(upstream(upstream));
        }
        return new Contenders(present, absent);
    }

    private static Contender periplus(String name, String home) {
        return new ZtunnelPair(
                name,
                home.isEmpty() ? "class path" : home,
                (process, namespace, cores, directory, env) ->
                        Periplus.start(Role.ZTUNNEL, home, process, namespace, cores, directory, env));
    }

    /** With the same control plane and node agent as Periplus has, and the certificates that it issues itself for tests. */
    private static Contender upstream(String binary) {
        ZtunnelNode.Launcher launcher = (process, namespace, cores, directory, env) -> {
            Map<String, String> all = new HashMap<>(env);
            all.put("CLUSTER_ID", Topology.CLUSTER);
            all.put("FAKE_CA", "true");
            return Program.start(process, namespace, cores, directory, all, List.of(binary, "proxy", "ztunnel"));
        };
        return new ZtunnelPair("ztunnel", Versions.of(binary, "version"), launcher);
    }
}

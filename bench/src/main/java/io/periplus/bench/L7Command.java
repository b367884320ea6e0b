package io.periplus.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.periplus.bench.contender.Contender;
import io.periplus.bench.contender.Contenders;
import io.periplus.bench.machine.Cores;
import io.periplus.bench.machine.Machine;
import io.periplus.bench.machine.WorkDirectory;
import io.periplus.bench.mesh.MeshBench;
import io.periplus.bench.mesh.MeshRow;
import io.periplus.bench.plain.PlainBench;
import io.periplus.bench.plain.PlainRow;
import io.periplus.bench.plain.Scenario;
import io.periplus.bench.plain.Site;
import io.periplus.bench.plain.StartBench;
import io.periplus.bench.plain.StartRow;
import io.periplus.bench.report.Report;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The L7 path: as a plain reverse proxy, in the mesh, and after the start. */
@Command(
        name = "l7",
        description = "The L7 path: against other reverse proxies, in the mesh, and after the start.",
        mixinStandardHelpOptions = true)
final class L7Command implements Callable<Integer> {
    private static final Set<String> PARTS = Set.of("plain", "mesh", "start");

    @Option(
            names = {"-o", "--output"},
            description = "table (default) or json",
            defaultValue = "table")
    @SuppressWarnings("NullAway.Init")
    private String output;

    @Option(
            names = "--only",
            split = ",",
            description = "parts (plain, mesh, start), scenarios or proxies whose names match one of these regular"
                    + " expressions")
    private Set<String> only = Set.of();

    @Option(names = "--seconds", description = "measured per proxy and scenario (default: ${DEFAULT-VALUE})")
    private double seconds = 4;

    @Option(names = "--quick", description = "shows in a few seconds that everything works; the figures mean nothing")
    private boolean quick;

    @Option(names = "--against", description = "directory of another build of Periplus, to run beside this one")
    @Nullable
    private Path against;

    @Override
    public Integer call() throws JsonProcessingException {
        Terminal.checkOutput(output);
        Terminal.checkMachine("l7", "iproute2 util-linux", "ip", "taskset");
        Times times = quick ? Times.quick() : Times.ofSeconds(seconds);
        Cores cores = Cores.ofMachine();
        List<Contender> contenders = pick(Contenders.installed(against), Contender::name);
        List<PlainRow> plain = List.of();
        List<MeshRow> mesh = List.of();
        List<StartRow> start = List.of();
        try (WorkDirectory directory = WorkDirectory.make()) {
            if (wanted("plain") || wanted("start")) {
                try (Site site = new Site(cores, directory.path())) {
                    if (wanted("plain")) {
                        plain = new PlainBench(site, times, Terminal::progress)
                                .run(pick(Scenario.ALL, Scenario::name), contenders);
                    }
                    if (wanted("start")) {
                        start = new StartBench(site, times, Terminal::progress).run(contenders);
                    }
                }
            }
            if (wanted("mesh")) {
                try (MeshBench bench = new MeshBench(times, directory.path(), Terminal::progress)) {
                    mesh = bench.run();
                }
            }
        }
        Map<String, String> versions = new LinkedHashMap<>();
        contenders.forEach(contender -> versions.put(contender.name(), contender.version()));
        Report report = new Report(Machine.describe(), versions, plain, mesh, start);
        Terminal.print(output, report, report.text());
        return 0;
    }

    /** Whether a part is to be run: it is named, or no part is. */
    private boolean wanted(String part) {
        return only.contains(part) || PARTS.stream().noneMatch(only::contains);
    }

    /** Those that {@code --only} names; all when it names none of them. */
    private <T> List<T> pick(List<T> all, java.util.function.Function<T, String> name) {
        List<T> picked = all.stream()
                .filter(one -> only.stream().anyMatch(pattern -> Pattern.matches(pattern, name.apply(one))))
                .toList();
        return picked.isEmpty() ? all : picked;
    }
}

package io.periplus.distribution;

import io.periplus.cli.CliException;
import io.periplus.cli.Version;
import io.periplus.cli.install.Installer;
import io.periplus.cli.install.SharedRoot;
import io.periplus.cli.install.Values;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeConfig;
import io.periplus.lab.Installation;
import io.periplus.lab.Lab;
import io.periplus.lab.LocalImage;
import io.periplus.lab.lifecycle.ExitCode;
import io.periplus.lab.lifecycle.LabException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** The mesh in both clusters of a lab: its image, and an installation in each with one root authority. */
final class MeshInstallation implements Installation {
    /** From the name of the lab's cluster to the name of its network. */
    private static final Map<String, String> NETWORKS = Map.of("cluster1", "network1", "cluster2", "network2");

    /** Of one request; a lab that has just started may be slow. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration READY_TIMEOUT = Duration.ofMinutes(2);

    private final Path home;
    private final String settings;

    /**
     * @param home of the distribution
     * @param settings of the mesh in both clusters, as of {@code install --set}, separated by blanks
     */
    MeshInstallation(Path home, String settings) {
        this.home = home;
        this.settings = settings.strip();
    }

    @Override
    public void beforeUp(Lab lab, Consumer<String> progress) throws LabException {
        Path java = Path.of(System.getProperty("java.home"));
        lab.addImage(new LocalImage(
                "periplus/periplus:" + Version.current(),
                List.of(home.resolve("bin/periplus").toString()),
                List.of(),
                Map.of("JAVA_HOME", java.toString()),
                "",
                "",
                List.of(home, java)));
    }

    @Override
    public void afterUp(Lab lab, Consumer<String> progress) throws LabException {
        SharedRoot root = SharedRoot.in(lab.directory().root().resolve("mesh-root"));
        String kubeconfig = lab.directory().kubeconfig().toString();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> installations = new ArrayList<>();
            NETWORKS.forEach((cluster, network) -> installations.add(threads.submit(() -> {
                install(kubeconfig, cluster, network, root, line -> report(progress, cluster + "  " + line));
                return null;
            })));
            for (Future<?> installation : installations) {
                installation.get();
            }
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new LabException(ExitCode.FAILED, "the mesh was not installed: " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException(ExitCode.FAILED, "interrupted while the mesh was installed", e);
        }
    }

    /** Both clusters report through one terminal. */
    private synchronized void report(Consumer<String> progress, String line) {
        progress.accept(line);
    }

    private void install(String kubeconfig, String cluster, String network, SharedRoot root, Consumer<String> progress)
            throws IOException {
        Values values = Values.defaults("istio-system")
                .with("global.clusterName", cluster)
                .with("global.network", network);
        for (String setting : settings.isEmpty() ? new String[0] : settings.split("\\s+")) {
            int equals = setting.indexOf('=');
            if (equals < 0) {
                throw new IOException("PERIPLUS_LAB_SET: %s (expected: name=value)".formatted(setting));
            }
            values = values.with(setting.substring(0, equals), setting.substring(equals + 1));
        }
        try (KubeClient client = new KubeClient(KubeConfig.resolve(kubeconfig, cluster), REQUEST_TIMEOUT)) {
            new Installer(client, values, root, progress).install(READY_TIMEOUT);
        } catch (CliException | IOException e) {
            throw new IOException(cluster + ": " + e.getMessage(), e);
        }
    }
}

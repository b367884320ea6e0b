package io.periplus.nodeagent;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Puts the CNI plugin onto the node, keeps it as it has to be, and takes it away. Repeating any of it changes nothing more. */
record PluginInstallation(PluginSettings settings) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OWN_VERSION = "1.0.0";

    /**
     * Brings the node to where it should be: the program first, then the configuration that names it.
     *
     * @return whether anything was changed
     * @throws IOException if that cannot be done, or not yet because the node has no network configuration to chain into
     */
    boolean ensure() throws IOException {
        boolean program = ensureProgram();
        return (settings.chained() ? ensureChained() : ensureAlone()) || program;
    }

    private boolean ensureProgram() throws IOException {
        Path target = settings.binaries().resolve(NetworkConfiguration.PLUGIN);
        byte[] wanted;
        try {
            wanted = Files.readAllBytes(settings.program());
        } catch (NoSuchFileException e) {
            throw new IOException("the CNI plugin is missing from this distribution: " + settings.program(), e);
        }
        if (Files.isExecutable(target) && Arrays.equals(Files.readAllBytes(target), wanted)) {
            return false;
        }
        WholeFile.program(target, wanted);
        return true;
    }

    private boolean ensureChained() throws IOException {
        NetworkConfiguration present = target();
        NetworkConfiguration wanted = present.with(entry());
        if (wanted.equals(present)) {
            return false;
        }
        WholeFile.configuration(wanted.file(), wanted.bytes());
        if (!wanted.file().equals(present.file())) {
            // A single configuration has become a list; by its name it would come before it.
            Files.deleteIfExists(present.file());
        }
        return true;
    }

    private NetworkConfiguration target() throws IOException {
        List<NetworkConfiguration> all = NetworkConfiguration.all(settings.configurations());
        String name = settings.configuration();
        return all.stream()
                .filter(configuration -> name.isEmpty() || isNamed(configuration, name))
                .findFirst()
                .orElseThrow(() -> new IOException("no network configuration %sin %s to chain the CNI plugin into yet"
                        .formatted(name.isEmpty() ? "" : name + " ", settings.configurations())));
    }

    /** Also if it was made a list of. */
    private static boolean isNamed(NetworkConfiguration configuration, String name) {
        String file = configuration.file().getFileName().toString();
        return file.equals(name) || name.endsWith(".conf") && file.equals(name + "list");
    }

    private boolean ensureAlone() throws IOException {
        Path file = settings.configurations().resolve(settings.configuration());
        ObjectNode own = entry().put("cniVersion", OWN_VERSION);
        if (Files.exists(file) && own.equals(JSON.readTree(Files.readString(file)))) {
            return false;
        }
        WholeFile.configuration(file, new NetworkConfiguration(file, own).bytes());
        return true;
    }

    private ObjectNode entry() {
        ObjectNode entry = JSON.createObjectNode();
        entry.put("type", NetworkConfiguration.PLUGIN)
                .put("name", NetworkConfiguration.PLUGIN)
                .put("ambient_enabled", true)
                .put("cni_agent_run_dir", settings.runDirectory().toString());
        ArrayNode excluded = entry.putArray("exclude_namespaces");
        settings.excludedNamespaces().forEach(excluded::add);
        return entry;
    }

    /** The configurations first, then the program, so that none names what is not there. */
    void remove() throws IOException {
        for (NetworkConfiguration present : NetworkConfiguration.all(settings.configurations())) {
            if (present.mentions()) {
                if (settings.chained()) {
                    WholeFile.configuration(present.file(), present.without().bytes());
                } else {
                    Files.deleteIfExists(present.file());
                }
            }
        }
        Files.deleteIfExists(settings.binaries().resolve(NetworkConfiguration.PLUGIN));
    }
}

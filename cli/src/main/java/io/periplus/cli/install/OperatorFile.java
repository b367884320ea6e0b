package io.periplus.cli.install;

import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Files of kind {@code IstioOperator} ({@code install.istio.io/v1alpha1}): the part that has a meaning here. */
final class OperatorFile {
    private OperatorFile() {}

    /** Overlays a file's {@code spec.values} and {@code spec.meshConfig}; settings without a meaning here are named on stderr. */
    static Values apply(Path file, Values present, Console console) throws IOException {
        if (!Files.isReadable(file)) {
            throw new CliException("file " + file + " cannot be read");
        }
        var object = Json.tree(Yaml.load(Files.readString(file)));
        if (!Json.text(object, "/kind", "").equals("IstioOperator")) {
            throw new CliException(
                    file + " is no IstioOperator file (kind: " + Json.text(object, "/kind", "none") + ")");
        }
        Values result = profile(Json.text(object, "/spec/profile", "ambient"), present);
        Map<String, String> settings = new TreeMap<>();
        Map<String, @Nullable Object> values = MeshValues.map(Json.plain(object.at("/spec/values")));
        result = result.withMeshConfig(MeshValues.map(values.remove("meshConfig")))
                .withMeshConfig(MeshValues.map(Json.plain(object.at("/spec/meshConfig"))));
        Values.flatten("", values, settings);
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            if (result.knows(setting.getKey())) {
                result = result.with(setting.getKey(), setting.getValue());
            } else if (!setting.getValue().isEmpty()) {
                console.err().println("warning: " + file + ": " + setting.getKey() + " has no effect here");
            }
        }
        return result;
    }

    /** There is one profile. */
    static Values profile(String name, Values values) {
        if (!name.equals("ambient")) {
            throw new CliException("profile \"" + name + "\" is not available (expected: ambient)");
        }
        return values;
    }
}

package io.periplus.lab.node.image;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/**
 * What an image name stands for.
 *
 * @param names references without or with a tag; {@code *} as the tag matches every tag
 * @param entrypoint and {@code cmd}: as in the OCI image configuration
 * @param env environment, on top of a default {@code PATH}
 * @param user {@code uid[:gid]}, empty for root
 * @param workingDirectory empty for {@code /}
 * @param paths files and directories of this machine that the programs need, in case they lie where a container
 *     otherwise sees something else ({@code /tmp}, {@code /run}, other file systems than {@code /}); read-only
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ImageDefinition(
        List<String> names,
        List<String> entrypoint,
        List<String> cmd,
        Map<String, String> env,
        String user,
        @JsonProperty("workingDir") String workingDirectory,
        List<String> paths) {
    public ImageDefinition {
        names = orEmpty(names);
        entrypoint = orEmpty(entrypoint);
        cmd = orEmpty(cmd);
        env = env == null ? Map.of() : Map.copyOf(env);
        user = user == null ? "" : user;
        workingDirectory = workingDirectory == null ? "" : workingDirectory;
        paths = orEmpty(paths);
    }

    /** A definition with nothing but names and a command line. */
    public static ImageDefinition of(List<String> names, List<String> entrypoint, List<String> cmd) {
        return new ImageDefinition(names, entrypoint, cmd, Map.of(), "", "", List.of());
    }

    private static List<String> orEmpty(List<String> list) {
        return list == null ? List.of() : List.copyOf(list);
    }
}

package io.periplus.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Option;

/** The flags of commands that show and change a proxy's log levels. */
public final class LogLevelFlags {
    @Option(
            names = "--level",
            paramLabel = "[<scope>=]<level>,…",
            defaultValue = "",
            description = "off, error, warn, info, debug or trace, for everything or for a scope")
    private String level = "";

    @Option(
            names = {"-r", "--reset"},
            description = "return to the levels of the start")
    private boolean reset;

    /**
     * What to post to the proxy's admin port.
     *
     * @param asTable whether no other output was asked for
     * @throws CliException if the flags contradict each other
     */
    public String path(boolean asTable) {
        if (reset && !level.isEmpty()) {
            throw new CliException("--level cannot be combined with --reset");
        }
        if (!asTable) {
            throw new CliException("--output is not applicable for this command");
        }
        if (reset) {
            return "/logging?reset";
        }
        // a single colon is what older proxies do not know
        String levels = level.replaceAll("(?<!:):(?!:)", "=");
        return levels.isEmpty() ? "/logging" : "/logging?level=" + URLEncoder.encode(levels, StandardCharsets.UTF_8);
    }
}

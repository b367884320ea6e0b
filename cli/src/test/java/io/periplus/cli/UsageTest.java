package io.periplus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a wrong or empty command line gets: the words and exit codes of spec pages that scripts rely on. */
class UsageTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            waypoint list --bogus                    | 64 | Error: unknown flag: --bogus
            waypoint list --bogus=3                  | 64 | Error: unknown flag: --bogus
            waypoint list -Z                         | 64 | Error: unknown shorthand flag: 'Z' in -Z
            bogus                                    | 64 | Error: unknown command "bogus" for "istioctl"
            waypoint bogus                           | 1  | Error: unknown subcommand "bogus"
            waypoint list -n                         | 64 | Error: flag needs an argument: --namespace
            waypoint generate --for x                | 1  | Error: failed to create gateway: invalid traffic type: x. Valid options are: [all none service workload]
            waypoint generate --name none            | 1  | Error: invalid name provided for waypoint, 'none' is a reserved value
            waypoint delete                          | 1  | Error: must specify a waypoint name or delete all using --all or delete specific revision using --revision
            waypoint delete a --all                  | 1  | Error: cannot specify waypoint names when deleting all waypoints
            waypoint list --kubeconfig /nowhere      | 1  | Error: kubeconfig /nowhere cannot be read
            zc workload pod --node n                 | 1  | Error: at most one of --file, --node, or pod name must be passed
            zc workload -o wide                      | 1  | Error: output format "wide" not supported
            uninstall                                | 1  | Error: at least one of the --revision (or --set revision=<revision>), --filename or --purge flags must be set
            install --dry-run --set colour=red       | 1  | Error: unknown setting "colour"
            """)
    void aWrongCommandLineIsOneLineOnStderr(String line, int code, String error) {
        var result = ScriptedApi.run(List.of(line.split(" ")));

        assertThat(result.code()).isEqualTo(code);
        assertThat(result.err()).startsWith(error).hasLineCount(1);
        assertThat(result.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "waypoint",
                "ztunnel-config",
                "zc",
                "proxy-config",
                "proxy-config nonsense",
                "help",
                "help waypoint apply",
                "waypoint apply --help",
                "-h"
            })
    void aGroupOrHelpPrintsHelpAndSucceeds(String line) {
        var result = ScriptedApi.run(line.isEmpty() ? List.of() : List.of(line.split(" ")));

        assertThat(result.code()).isZero();
        assertThat(result.out()).startsWith("Usage: istioctl").contains("Examples:");
        assertThat(result.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "waypoint apply",
                "waypoint delete",
                "waypoint generate",
                "waypoint list",
                "waypoint status",
                "zc all",
                "zc workload",
                "zc service",
                "zc policy",
                "zc certificate",
                "analyze",
                "proxy-config cluster",
                "proxy-config listener",
                "proxy-config route",
                "proxy-config endpoint",
                "proxy-config secret",
                "proxy-config bootstrap",
                "proxy-config log",
                "proxy-config all",
                "proxy-status",
                "experimental authz check",
                "experimental describe pod",
                "experimental describe service",
                "experimental precheck",
                "install",
                "uninstall",
                "version"
            })
    void everyCommandShowsAnExample(String command) {
        var result = ScriptedApi.run(List.of((command + " --help").split(" ")));

        assertThat(result.out())
                .contains("Examples:")
                .contains("  istioctl " + command.replace("zc", "ztunnel-config"));
    }

    @Test
    void versionOfTheClientNeedsNoCluster() {
        var result = ScriptedApi.run(List.of("version", "--remote=false", "--kubeconfig", "/nowhere"));

        assertThat(result.out()).isEqualTo("client version: " + Version.current() + "\n");
        assertThat(result.code()).isZero();
    }

    @Test
    void globalFlagsStandBeforeOrAfterTheCommand() {
        var before = ScriptedApi.run(List.of("-n", "shop", "waypoint", "generate"));
        var after = ScriptedApi.run(List.of("waypoint", "generate", "-n", "shop"));

        assertThat(before).isEqualTo(after);
        assertThat(before.out()).contains("namespace: shop");
    }
}

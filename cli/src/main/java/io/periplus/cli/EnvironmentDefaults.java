package io.periplus.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A flag that was not given takes its value from {@code ISTIOCTL_<FLAG>}, for example {@code ISTIOCTL_ISTIONAMESPACE}. */
final class EnvironmentDefaults implements IDefaultValueProvider {
    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option) || option.usageHelp()) {
            return null;
        }
        String flag = option.longestName().replaceFirst("^--", "");
        return System.getenv("ISTIOCTL_" + flag.replace('-', '_').toUpperCase(Locale.ROOT));
    }
}
